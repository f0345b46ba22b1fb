#pragma once
#include "common/api/daemonset.hpp"
#include "common/api/pod.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace picket {

/// How many pods of a group there are, and how many of them may be evicted now.
struct DisruptionCounts {
    std::int64_t expected = 0;  ///< pods that there should be
    std::int64_t healthy = 0;
    std::int64_t desired = 0;  ///< healthy pods that must stay
    std::int64_t allowed = 0;

    [[nodiscard]] bool operator==(const DisruptionCounts&) const = default;
};

/// What the server and the controllers read of a PodDisruptionBudget.
struct DisruptionBudget {
    ObjectMeta meta;
    std::optional<LabelSelector> selector = std::nullopt;  ///< nothing: selects no pod
    std::optional<IntOrPercent> min_available = std::nullopt;
    std::optional<IntOrPercent> max_unavailable = std::nullopt;
    bool always_allow_unhealthy = false;  ///< unhealthyPodEvictionPolicy: AlwaysAllow
    DisruptionCounts counted = {};        ///< as the status says
    std::int64_t observed_generation = 0;
    std::optional<StatusCondition> condition = std::nullopt;  ///< DisruptionAllowed

    static DisruptionBudget parse(const Json& object);

    [[nodiscard]] bool selects(const ObjectMeta& pod) const;
};

/// `pods`: those the budget selects. `desired_of`: by uid, how many pods the controllers among
/// their owners want; a pod of any other owner, or of none, stands for itself.
///
///   minAvailable, a number     that many must stay
///   minAvailable, a percent    of the pods that there should be, rounded up
///   maxUnavailable             all that there should be but these (percents rounded up)
///   neither                    all may go
///
/// A pod is healthy while it is Ready and not being deleted. Ended pods do not count.
[[nodiscard]] DisruptionCounts count_disruptions(
    const DisruptionBudget& budget,
    const std::vector<std::shared_ptr<const Pod>>& pods,
    const std::map<std::string, std::int64_t>& desired_of);

/// Whether the eviction of this pod asks the budget at all: one that has not started, has ended or
/// is on its way out takes nothing from anybody.
[[nodiscard]] bool needs_budget(const Pod& pod);

/// Whether the budget lets this pod go.
[[nodiscard]] bool may_evict(
    const DisruptionBudget& budget, const DisruptionCounts& counts, const Pod& pod);

}  // namespace picket
