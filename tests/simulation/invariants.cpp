#include "tests/simulation/invariants.hpp"

#include "common/api/json_read.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace picket::simulation {
namespace {

using Object = ClusterView::Object;

std::vector<const Object*> pods_of(
    const ClusterView& view, const Object& set, const std::string& node) {
    std::vector<const Object*> result;
    for (const auto& [name, object] : view.pods) {
        const auto* owner = object.pod.meta.controller();
        if (object.pod.node_name == node && owner != nullptr && owner->uid == set.set.meta.uid)
            result.push_back(&object);
    }
    return result;
}

/// Kubernetes' rule, and its trap: a set that was made anew counts its generations anew, so that
/// pods of its predecessor may pass for its own.
bool counts_as_updated(const Object& pod, const Object& set) {
    const auto generation = set.set.template_generation();
    return generation && pod.pod.meta.label(kTemplateGenerationLabel) == *generation;
}

struct Counts {
    std::int64_t desired = 0, current = 0, misscheduled = 0, ready = 0;
};

void check_node(
    const ClusterView& view,
    const Object& set,
    const Object& node,
    Counts& counts,
    Complaints& complaints) {
    const auto& name = node.node.meta.name;
    const auto pods = pods_of(view, set, name);
    const auto wanted = wanted_on(node, set);
    const auto say = [&](const std::string& what) {
        complaints.push_back(fmt::format("{} on {}: {}", set.set.meta.name, name, what));
    };
    if (wanted == Wanted::One) ++counts.desired;
    if (wanted == Wanted::None && !pods.empty()) say("has a pod where none belongs");
    if (wanted == Wanted::One && pods.size() != 1) say(fmt::format("has {} pods", pods.size()));
    if (wanted == Wanted::Either && pods.size() > 1) say("has more than one pod");
    if (pods.empty()) return;
    if (wanted == Wanted::One) ++counts.current;
    if (wanted == Wanted::Either) ++counts.misscheduled;
    const auto& pod = *pods.front();
    if (wanted != Wanted::One) return;
    if (pod.pod.meta.deleting()) say("its pod is terminating");
    if (!pod.pod.ready) say("its pod is not ready");
    const bool updates = set.set.update_strategy == UpdateStrategy::RollingUpdate;
    if (updates && pod.image != set.image && !counts_as_updated(pod, set))
        say("its pod is of an old template");
    if (pod.pod.ready) ++counts.ready;
}

void check_status(const DaemonSet& set, const Counts& counts, Complaints& complaints) {
    const auto& status = set.status;
    const auto expect = [&](const char* what, std::int64_t is, std::int64_t should) {
        if (is != should)
            complaints.push_back(
                fmt::format("status of {}: {} is {}, not {}", set.meta.name, what, is, should));
    };
    expect("desiredNumberScheduled", status.desired_number_scheduled, counts.desired);
    expect("currentNumberScheduled", status.current_number_scheduled, counts.current);
    expect("numberMisscheduled", status.number_misscheduled, counts.misscheduled);
    expect("numberReady", status.number_ready, counts.ready);
    expect("numberAvailable", status.number_available, counts.ready);
    if (set.update_strategy == UpdateStrategy::RollingUpdate)
        expect("updatedNumberScheduled", status.updated_number_scheduled, counts.desired);
    expect("observedGeneration", status.observed_generation, set.meta.generation);
}

void check_engine(const ClusterView& view, SimulatedHost& host, Complaints& complaints) {
    std::multiset<std::string> wanted;
    for (const auto& [name, object] : view.pods) {
        if (object.pod.node_name == host.name() && !object.pod.finished())
            wanted.insert(object.pod.meta.uid);
    }
    std::multiset<std::string> running;
    for (const auto& container : host.running())
        running.insert(container.label(nodeagent::label::kPodUid));
    if (running != wanted) {
        complaints.push_back(fmt::format(
            "{} runs {} containers for {} pods", host.name(), running.size(), wanted.size()));
    }
    for (const auto& container : host.engine().containers()) {
        const auto uid = container.label(nodeagent::label::kPodUid);
        if (!wanted.contains(uid))
            complaints.push_back(fmt::format("{} keeps {} of no pod", host.name(), container.name));
    }
}

void check_counters(const DaemonSet& set, Complaints& complaints) {
    const auto& status = set.status;
    const bool fit =
        status.number_available <= status.number_ready &&
        status.number_ready <= status.current_number_scheduled &&
        status.current_number_scheduled <= status.desired_number_scheduled &&
        status.updated_number_scheduled <= status.desired_number_scheduled &&
        status.number_available + status.number_unavailable == status.desired_number_scheduled &&
        status.number_misscheduled >= 0;
    if (fit || status.observed_generation == 0) return;
    complaints.push_back(fmt::format(
        "counters of {} do not fit: desired {} current {} ready {} available {} unavailable {} "
        "updated {} misscheduled {}",
        set.meta.name,
        status.desired_number_scheduled,
        status.current_number_scheduled,
        status.number_ready,
        status.number_available,
        status.number_unavailable,
        status.updated_number_scheduled,
        status.number_misscheduled));
}

/// Pods of no set: they stay where they are bound, unless a taint that they do not tolerate or a
/// user removes them.
void check_bare(
    const ClusterView& view,
    const std::map<std::string, std::string>& lasting,
    Complaints& complaints) {
    for (const auto& [name, host] : lasting) {
        if (!view.pods.contains(name))
            complaints.push_back(fmt::format("{} on {} is gone for no reason", name, host));
    }
    for (const auto& [name, object] : view.pods) {
        const auto& pod = object.pod;
        if (pod.meta.controller() != nullptr) continue;
        if (!name.starts_with("bare-"))
            complaints.push_back(fmt::format("{} belongs to nobody", name));
        if (!pod.ready) complaints.push_back(fmt::format("{} is not ready", name));
        const auto node = view.nodes.find(pod.node_name);
        if (node == view.nodes.end() || lasting.contains(name)) continue;
        for (const auto& taint : node->second.node.taints) {
            if (taint.effect == TaintEffect::NoExecute && !pod.meta.labels.contains("tolerant"))
                complaints.push_back(fmt::format("{} ignores {}", name, taint.to_string()));
        }
    }
}

bool is_live_daemon(const Pod& pod) {
    return pod.meta.controller() != nullptr && !pod.meta.deleting() && !pod.finished();
}

void check_alone(const ClusterView& view, const Object& changed, Complaints& complaints) {
    const auto& pod = changed.pod;
    if (!is_live_daemon(pod)) return;
    const auto& owner = *pod.meta.controller();
    const auto set = view.sets.find(owner.name);
    if (set == view.sets.end() || set->second.set.max_surge.value != 0) return;
    const auto count = std::ranges::count_if(view.pods, [&](const auto& entry) {
        const auto& other = entry.second.pod;
        return other.target_node() == pod.target_node() && is_live_daemon(other) &&
               other.meta.controller()->uid == owner.uid;
    });
    if (count > 1)
        complaints.push_back(
            fmt::format("{} has {} live pods on {}", owner.name, count, pod.target_node()));
}

}  // namespace

Wanted wanted_on(const Object& node, const Object& set) {
    for (const auto& [key, value] : set.node_selector) {
        if (node.node.meta.label(key) != value) return Wanted::None;
    }
    auto wanted = Wanted::One;
    for (const auto& taint : node.node.taints) {
        if (taint.key.find("kubernetes.io/") != std::string::npos)
            continue;  // daemons tolerate these
        if (taint.effect == TaintEffect::NoExecute) return Wanted::None;
        if (taint.effect == TaintEffect::NoSchedule) wanted = Wanted::Either;
    }
    return wanted;
}

Complaints check_placement(const std::string& set, SimulatedCluster& cluster) {
    const auto placement = cluster.call(
        cluster.api().get({"picket.dev/v1", "daemonsets", "default", set, "placement"}));
    // A change while it was under way, or no server: nothing can be said.
    if (!placement || cluster.store() == nullptr) return {};
    const auto& metadata = json_read::member(*placement, "metadata");
    if (json_read::text(metadata, "resourceVersion") != std::to_string(cluster.store()->revision()))
        return {};
    Complaints complaints;
    std::multiset<std::string> told;
    std::int64_t desired = 0;
    for (const auto& host : json_read::member(*placement, "hosts")) {
        told.insert(json_read::text(host, "node"));
        if (host.value("desired", false)) ++desired;
    }
    std::multiset<std::string> nodes;
    for (const auto& node : cluster.store()->list("nodes", {}, 0, std::nullopt).objects)
        nodes.insert(node->key.name);
    if (told != nodes)
        complaints.push_back(fmt::format(
            "placement of {} tells of {} hosts, not of {}", set, told.size(), nodes.size()));
    std::int64_t states = 0;
    for (const auto& count : json_read::member(*placement, "states"))
        states += count.get<std::int64_t>();
    if (states != static_cast<std::int64_t>(nodes.size()))
        complaints.push_back(fmt::format("the states of {} add up to {}", set, states));
    const auto& status = json_read::member(*placement, "status");
    if (status.value("desiredNumberScheduled", std::int64_t{0}) != desired)
        complaints.push_back(fmt::format("the counters of {} do not add up", set));
    return complaints;
}

Complaints check_always(const ClusterView& view, bool creates_are_ambiguous) {
    Complaints complaints;
    for (const auto* changed : view.changed_pods) {
        if (!creates_are_ambiguous) check_alone(view, *changed, complaints);
    }
    if (!view.sets_changed) return complaints;
    for (const auto& [name, set] : view.sets) check_counters(set.set, complaints);
    return complaints;
}

Complaints check_settled(
    const ClusterView& view,
    SimulatedCluster& cluster,
    const std::map<std::string, std::string>& lasting) {
    Complaints complaints;
    for (const auto& [name, set] : view.sets) {
        Counts counts;
        for (const auto& [node_name, node] : view.nodes)
            check_node(view, set, node, counts, complaints);
        check_status(set.set, counts, complaints);
        if (set.set.meta.deleting()) complaints.push_back(name + " is being deleted");
    }
    for (const auto& [name, object] : view.pods) {
        if (!view.nodes.contains(object.pod.node_name))
            complaints.push_back(fmt::format("{} is on a node that does not exist", name));
    }
    check_bare(view, lasting, complaints);
    for (const auto& [name, node] : view.nodes) {
        if (node.node.condition_status("Ready") != ConditionStatus::True)
            complaints.push_back(fmt::format("node {} is not ready", name));
        for (const auto& taint : node.node.taints) {
            if (taint.key.starts_with("node.kubernetes.io/"))
                complaints.push_back(fmt::format("node {} keeps {}", name, taint.to_string()));
        }
    }
    for (auto& [name, host] : cluster.hosts()) check_engine(view, *host, complaints);
    return complaints;
}

}  // namespace picket::simulation
