#pragma once
/// One set and its nodes and pods, to plan for: what the plan and rollout tests share.
#include "common/daemonset/plan.hpp"
#include "common/daemonset/status.hpp"
#include "tests/support/builders.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace picket::testing {

struct Fleet {
    DaemonSet set;
    daemonset::NodesByName nodes = {};
    daemonset::PodsByNode pods = {};
    daemonset::FailedPodBackoff backoff = {};
    daemonset::Turns turns = {};
    TimePoint now = at(1000);
    daemonset::CurrentRevision revision{"new"};

    explicit Fleet(DaemonSet daemonset) : set(std::move(daemonset)) {}

    Fleet& with(const NodeBuilder& node) {
        // As agents of today: they pull ahead when they are asked.
        const auto view = node.view();
        const bool says = view.meta.labels.contains(kPrefetchLabel);
        nodes[view.meta.name] = says ? node.ptr() : node.labelled(kPrefetchLabel, "true").ptr();
        return *this;
    }
    Fleet& with(const PodBuilder& pod) {
        auto view = pod.of(set).ptr();
        pods[view->target_node()].push_back(view);
        return *this;
    }
    Fleet& at_time(std::int64_t seconds) {
        now = at(seconds);
        return *this;
    }

    [[nodiscard]] std::vector<daemonset::NodeSituation> situations() const {
        return daemonset::survey(set, nodes, pods);
    }
    [[nodiscard]] daemonset::DaemonPlan plan() const {
        const auto surveyed = situations();
        return daemonset::plan_daemonset({set, revision, surveyed, backoff, now, turns});
    }
    [[nodiscard]] daemonset::CountedStatus status() const {
        const auto surveyed = situations();
        return daemonset::count_status({set, revision, surveyed, now});
    }
};

using Names = std::vector<std::string>;

/// Names of the pods a plan deletes, sorted.
inline Names deleted(const daemonset::DaemonPlan& plan) {
    Names names;
    for (const auto& entry : plan.deletes) names.push_back(entry.pod);
    std::sort(names.begin(), names.end());
    return names;
}

inline Names created(daemonset::DaemonPlan plan) {
    std::sort(plan.creates.begin(), plan.creates.end());
    return plan.creates;
}

}  // namespace picket::testing
