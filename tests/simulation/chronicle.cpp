#include "tests/simulation/chronicle.hpp"

#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::simulation {
namespace {

using namespace std::chrono_literals;
using Object = ClusterView::Object;

/// The controller may see a change this much later than the server.
constexpr std::chrono::milliseconds kLag = 3s;
/// … and may act on what it knew of a set this long ago.
constexpr std::chrono::milliseconds kOldOrder = 60s;

const Object* owner_of(const ClusterView& view, const Pod& pod) {
    const auto* owner = pod.meta.controller();
    if (owner == nullptr) return nullptr;
    const auto set = view.sets.find(owner->name);
    if (set == view.sets.end() || set->second.set.meta.uid != owner->uid) return nullptr;
    return &set->second;
}

bool daemon_is_up(const ClusterView& view, const std::string& set_uid, const std::string& node) {
    return std::ranges::any_of(view.pods, [&](const auto& entry) {
        const auto& pod = entry.second.pod;
        const auto* owner = pod.meta.controller();
        return pod.node_name == node && pod.ready && !pod.meta.deleting() && owner != nullptr &&
               owner->uid == set_uid;
    });
}

}  // namespace

Complaints Chronicle::look(
    const ClusterView& view, SimulatedCluster& cluster, Interference& interference, Time now) {
    Complaints complaints = cluster.take_broken_promises();
    check_revision(cluster, complaints);
    if (view.nodes_changed) note_removed_nodes(view, interference);
    for (const auto& [name, set] : view.sets) check_budget(view, set, now);
    for (const auto* object : view.changed_pods) {
        const auto seen = pods_.find(object->pod.meta.uid);
        if (seen != pods_.end() && !seen->second.deleting && object->pod.meta.deleting())
            note_taken_down(view, object->pod.meta.uid, interference, now, complaints);
    }
    note_pods(view, interference, now);
    for (auto& [name, host] : cluster.hosts()) {
        check_ended(view, *host, complaints);
        auto& changes = engine_changes_[name];
        if (changes == host->engine().changes()) continue;
        changes = host->engine().changes();
        if (now > interference.ambiguous_until) check_side_by_side(*host, interference, complaints);
    }
    return complaints;
}

void Chronicle::check_revision(SimulatedCluster& cluster, Complaints& complaints) {
    const auto revision = cluster.store()->revision();
    if (revision < revision_)
        complaints.push_back(fmt::format("revision {} after {}", revision, revision_));
    revision_ = revision;
}

/// The pods of a Node that is deleted go at once, whatever still runs there.
void Chronicle::note_removed_nodes(const ClusterView& view, Interference& interference) {
    std::set<std::string> renewed;
    for (const auto& [name, uid] : node_uids_) {
        const auto node = view.nodes.find(name);
        if (node == view.nodes.end() || node->second.node.meta.uid != uid) renewed.insert(name);
    }
    for (const auto& name : renewed) node_uids_.erase(name);
    for (const auto& [name, node] : view.nodes) node_uids_.emplace(name, node.node.meta.uid);
    for (const auto& [uid, pod] : pods_) {
        if (renewed.contains(pod.node) || !view.nodes.contains(pod.node))
            interference.forced.insert(uid);
    }
}

void Chronicle::note_pods(const ClusterView& view, Interference& interference, Time now) {
    for (const auto* object : view.changed_pods) {
        const auto& pod = object->pod;
        auto& seen = pods_[pod.meta.uid];
        seen.node = pod.node_name;
        seen.deleting = pod.meta.deleting();
        if (!pod.ready) seen.ready_since.reset();
        if (pod.ready && !seen.ready_since) seen.ready_since = now;
        if (const auto* set = owner_of(view, pod)) {
            seen.set_uid = set->set.meta.uid;
            seen.set_name = set->set.meta.name;
            seen.surges = set->set.max_surge.value != 0;
        }
        if (!view.nodes.contains(pod.node_name)) interference.forced.insert(pod.meta.uid);
    }
}

void Chronicle::check_ended(const ClusterView& view, SimulatedHost& host, Complaints& complaints) {
    for (const auto& container : host.take_ended()) {
        const auto uid = container.label(nodeagent::label::kPodUid);
        const auto pod = std::ranges::find_if(
            view.pods, [&](const auto& entry) { return entry.second.pod.meta.uid == uid; });
        if (pod == view.pods.end() || pod->second.pod.meta.deleting() || pod->second.pod.finished())
            continue;
        complaints.push_back(
            fmt::format("{} ends {}, which is healthy and wanted", host.name(), container.name));
    }
}

void Chronicle::check_side_by_side(
    SimulatedHost& host, const Interference& interference, Complaints& complaints) {
    std::map<std::string, std::string> running;  // pod by set
    std::set<std::pair<std::string, std::string>> names;
    for (const auto& container : host.running()) {
        const auto uid = container.label(nodeagent::label::kPodUid);
        if (!names.emplace(uid, container.label(nodeagent::label::kContainerName)).second)
            complaints.push_back(fmt::format("{} runs {} twice", host.name(), container.name));
        const auto pod = pods_.find(uid);
        if (pod == pods_.end() || pod->second.surges || pod->second.set_uid.empty()) continue;
        if (interference.forced.contains(uid)) continue;
        const auto [other, alone] = running.emplace(pod->second.set_uid, uid);
        if (!alone && other->second != uid)
            complaints.push_back(
                fmt::format("{} runs {} twice", host.name(), pod->second.set_name));
    }
}

void Chronicle::check_budget(const ClusterView& view, const Object& set, Time now) {
    auto& budget = budgets_[set.set.meta.uid];
    if (view.nodes_changed || view.sets_changed || !budget.desired) {
        budget.desired = std::ranges::count_if(view.nodes, [&](const auto& node) {
            return wanted_on(node.second, set) == Wanted::One;
        });
    }
    const auto allowed = set.set.update_strategy == UpdateStrategy::OnDelete
                             ? 0
                             : set.set.max_unavailable.resolve(*budget.desired);
    if (budget.allowed.empty() || budget.allowed.back().second != allowed)
        budget.allowed.emplace_back(now, allowed);
    // The one before the window still held at its beginning.
    while (budget.allowed.size() > 1 && budget.allowed[1].first < now - kOldOrder)
        budget.allowed.pop_front();
    std::erase_if(budget.down, [&](const std::string& node) {
        const auto found = view.nodes.find(node);
        return found == view.nodes.end() || wanted_on(found->second, set) != Wanted::One ||
               daemon_is_up(view, set.set.meta.uid, node);
    });
}

void Chronicle::note_taken_down(
    const ClusterView& view,
    const std::string& uid,
    const Interference& interference,
    Time now,
    Complaints& complaints) {
    const auto& pod = pods_.at(uid);
    if (pod.set_uid.empty() || interference.deleted.contains(uid)) return;
    if (!pod.ready_since || *pod.ready_since > now - kLag) return;
    const auto set = view.sets.find(pod.set_name);
    const auto node = view.nodes.find(pod.node);
    if (set == view.sets.end() || set->second.set.meta.uid != pod.set_uid ||
        set->second.set.meta.deleting() || node == view.nodes.end())
        return;
    if (wanted_on(node->second, set->second) != Wanted::One ||
        node->second.node.condition_status("Ready") != ConditionStatus::True ||
        daemon_is_up(view, pod.set_uid, pod.node))
        return;
    auto& budget = budgets_[pod.set_uid];
    budget.down.insert(pod.node);
    const auto most = std::ranges::max(budget.allowed, {}, &std::pair<Time, std::int64_t>::second);
    if (static_cast<std::int64_t>(budget.down.size()) > most.second)
        complaints.push_back(fmt::format(
            "{} has taken down {} healthy daemons ({}), and may {}: the last on {}",
            pod.set_name,
            budget.down.size(),
            fmt::join(budget.down, " "),
            most.second,
            pod.node));
}

}  // namespace picket::simulation
