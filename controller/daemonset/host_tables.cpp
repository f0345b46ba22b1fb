#include "controller/daemonset/host_tables.hpp"

#include "common/daemonset/ownership.hpp"

#include <utility>

namespace picket::controller {
namespace {

void add_kept(const DaemonSet& set, const PodIndex::Pods& pods, std::vector<PodPtr>& result) {
    for (const auto& [key, pod] : pods) {
        const auto* owner = pod->meta.controller();
        if (owner == nullptr || owner->uid != set.meta.uid) continue;
        if (claim_object(set, pod->meta) == Claim::Keep) result.push_back(pod);
    }
}

}  // namespace

HostTables::HostTables(SharedInformers& informers, const Clock& clock)
    : informers_(informers), clock_(clock) {
    informers_.pod_index.on_touch([this](const Pod& pod) { pod_touched(pod); });
}

void HostTables::pod_touched(const Pod& pod) {
    const auto* owner = pod.meta.controller();
    if (owner == nullptr) return;
    const auto found = kept_.find(owner->uid);
    if (found == kept_.end()) return;
    found->second.touched_pods.insert(pod.meta.key());
    if (!pod.target_node().empty()) found->second.table->touch(pod.target_node());
}

void HostTables::node_changed(const std::string& name) {
    for (auto& [uid, kept] : kept_) kept.table->touch(name);
}

const HostTable& HostTables::of(const SetPtr& set, const CurrentRevision& revision) {
    auto& kept = kept_[set->meta.uid];
    if (!kept.table || !kept.table->serves(*set, revision)) renew(kept, set, revision);
    claim_touched(kept, *set);
    kept.table->refresh(look(*set, *kept.table), clock_.now());
    return *kept.table;
}

void HostTables::renew(Kept& kept, const SetPtr& set, const CurrentRevision& revision) {
    kept = {.table = std::make_unique<HostTable>(set, revision)};
    for (const auto& [name, node] : informers_.nodes.objects()) kept.table->touch(name);
    for (const auto& [key, pod] : informers_.pod_index.controlled_by(set->meta.uid))
        pod_touched(*pod);
}

void HostTables::claim_touched(Kept& kept, const DaemonSet& set) {
    for (const auto& key : std::exchange(kept.touched_pods, {})) {
        const auto pod = informers_.pod_index.find(key);
        if (pod && claim_object(set, pod->meta) == Claim::Release) {
            kept.to_release.insert(key);
        } else {
            kept.to_release.erase(key);
        }
    }
}

HostTable::Look HostTables::look(const DaemonSet& set, const HostTable& table) const {
    return [this, &set, &table](const std::string& name) -> std::optional<NodeSituation> {
        std::vector<PodPtr> pods;
        add_kept(set, informers_.pod_index.on_node(name), pods);
        add_kept(set, informers_.pod_index.aimed_at(name), pods);
        const auto node = informers_.nodes.find(name);
        if (!node && pods.empty()) return std::nullopt;
        return situation_of(table.rules(), name, node, std::move(pods));
    };
}

std::vector<NodeSituation> HostTables::acting(const DaemonSet& set, const HostTable& table) const {
    const auto look_at = look(set, table);
    std::vector<NodeSituation> situations;
    situations.reserve(table.acting().size());
    for (const auto& name : table.acting()) {
        if (auto situation = look_at(name)) situations.push_back(*std::move(situation));
    }
    return situations;
}

std::vector<PodPtr> HostTables::to_release(const DaemonSet& set) const {
    std::vector<PodPtr> pods;
    const auto found = kept_.find(set.meta.uid);
    if (found == kept_.end()) return pods;
    for (const auto& key : found->second.to_release) {
        if (auto pod = informers_.pod_index.find(key)) pods.push_back(std::move(pod));
    }
    return pods;
}

const PlacementRules* HostTables::rules(const DaemonSet& set) const {
    const auto found = kept_.find(set.meta.uid);
    return found == kept_.end() ? nullptr : &found->second.table->rules();
}

}  // namespace picket::controller
