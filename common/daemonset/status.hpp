#pragma once
#include "common/daemonset/pod_template.hpp"
#include "common/daemonset/survey.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
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

/// What is wrong with one host that no update brought about, by the name that a condition gives it.
enum class HostFault : unsigned char { None, NodesSilent, PodsFailed, PodsInTrouble, PodsNotReady };
[[nodiscard]] HostFault fault_of(const NodeSituation& situation);

/// Hosts with the same fault, the first of them by name.
struct FaultyHosts {
    std::size_t count = 0;
    std::vector<std::string> named = {};
};
inline constexpr std::size_t kNamedHosts = 3;
using Faults = std::map<HostFault, FaultyHosts>;

/// Available, Progressing and Degraded, as the counters and the hosts say; conditions of other
/// types are kept. A transition time changes with the condition's status alone.
[[nodiscard]] std::vector<StatusCondition> sum_up(
    const DaemonSet& set, const DaemonSetStatus& counters, const Faults& faults, TimePoint now);

/// The sums of all hosts' counters with what follows from them.
[[nodiscard]] DaemonSetStatus finished_status(
    const DaemonSet& set, DaemonSetStatus counters, const Faults& faults, TimePoint now);

/// The merge patch for `/status`; counters that clients expect left out when zero are removed by
/// null.
[[nodiscard]] Json status_patch(const DaemonSetStatus& status);

}  // namespace picket::daemonset
