#pragma once
#include "common/daemonset/pod_template.hpp"
#include "common/daemonset/survey.hpp"

#include <optional>
#include <vector>

namespace picket::daemonset {

struct StatusInput {
    const DaemonSet& set;
    const CurrentRevision& revision;
    const std::vector<NodeSituation>& situations;
    TimePoint now;
};

struct CountedStatus {
    DaemonSetStatus status;
    /// When the next pod that is ready becomes available, if minReadySeconds makes one wait.
    std::optional<Duration> next_available = std::nullopt;
};

/// The counters over the existing nodes; "the pod" of a node is the one that survives (see
/// NodeSituation).
[[nodiscard]] CountedStatus count_status(const StatusInput& input);

/// One node's share of the counters: they only ever add up, so that a change on one node changes
/// them by a difference.
[[nodiscard]] DaemonSetStatus count_node(const StatusInput& input, const NodeSituation& situation);

/// Available, Progressing and Degraded, as the counters and the hosts say; conditions of other
/// types are kept. A transition time changes with the condition's status alone.
[[nodiscard]] std::vector<StatusCondition> sum_up(
    const StatusInput& input, const DaemonSetStatus& counters);

/// The merge patch for `/status`; counters that clients expect left out when zero are removed by
/// null.
[[nodiscard]] Json status_patch(const DaemonSetStatus& status);

}  // namespace picket::daemonset
