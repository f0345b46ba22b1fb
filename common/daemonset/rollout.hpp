#pragma once
#include "common/daemonset/plan.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace picket::daemonset {

/// How far a rolling update may go, as whole numbers of nodes.
struct RolloutLimits {
    std::int64_t max_unavailable = 0;
    std::int64_t max_surge = 0;
};
/// Percentages are of `desired` and rounded up. If both come to 0 while something is desired, one
/// node may be down.
[[nodiscard]] RolloutLimits resolve_limits(const DaemonSet& set, std::int64_t desired);

/// Appends the next step of a rolling update. `settled[i]` says that placement asked for nothing on
/// `situations[i]`; the others are counted, not touched.
///
/// Without surge, an old pod is deleted and placement replaces it later:
///   no live pod, several, or old and new   counts as unavailable
///   new, not available                     counts as unavailable
///   old, not available                     deleted whatever the limit; counts as unavailable
///   old, available                         deleted while unavailable < max_unavailable, when the
///                                          new images are on its host (image_first.hpp)
///
/// With surge, the new pod is made beside the old one:
///   old, not available                     new one made whatever the limit
///   old, available                         new one made while surging < max_surge
///   both, new not available                counts as surging
///   old, node no longer eligible           deleted if not available, or while more are available
///                                          than desired
/// and placement deletes the old one when the new one is available.
///
/// Unless the set asks for the plain Kubernetes rule, blame decides what counts (turn.hpp):
///   old, node silent                       set aside: not touched and not counted
///   the rest of a host that was broken     not counted
///   or silent before its turn
void plan_rollout(const PlanInput& input, const std::vector<bool>& settled, DaemonPlan& plan);

/// One settled host's part in an update, if it comes to numbers; nothing if the update must look at
/// the host itself.
[[nodiscard]] std::optional<RolloutCounts> rollout_part(
    const PlanInput& input, const NodeSituation& situation);

}  // namespace picket::daemonset
