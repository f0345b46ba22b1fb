#pragma once
#include "common/daemonset/plan.hpp"
#include "common/daemonset/status.hpp"

#include <optional>

namespace picket::daemonset {

/// What one host adds to all that is counted over a set's hosts. Shares only ever add up, so a
/// change on one host changes the sums by a difference.
struct HostShare {
    // The counters of the status.
    bool desired : 1 = false;
    bool scheduled : 1 = false;
    bool misscheduled : 1 = false;
    bool ready : 1 = false;
    bool available : 1 = false;
    bool updated : 1 = false;
    /// A plan must look at this host itself: something is to be done about it, or may be, or
    /// depends on more than its situation.
    bool acts : 1 = false;
    // What a host that does not act adds to a rolling update; see RolloutCounts.
    bool unavailable : 1 = false;
    bool surging : 1 = false;
    bool works : 1 = false;
    bool proven : 1 = false;
    HostFault fault = HostFault::None;

    [[nodiscard]] bool operator==(const HostShare&) const = default;
};

[[nodiscard]] HostShare share_of(
    const DaemonSet& set,
    const CurrentRevision& revision,
    const NodeSituation& situation,
    TimePoint now);

}  // namespace picket::daemonset
