#pragma once
/// Which pods a NoExecute taint drives from a node, and when. Pure.
#include "common/api/object_meta.hpp"
#include "common/api/taint.hpp"

#include <optional>
#include <vector>

namespace picket::controller {

/// What counts of a pod on a tainted node.
struct TaintedPod {
    ObjectMeta meta;
    bool finished = false;
    bool is_static = false;  ///< made by the agent from a file of its host: it would come back
    std::vector<Toleration> tolerations = {};

    static TaintedPod parse(const Json& object);
};

struct EvictionPlan {
    std::vector<ObjectMeta> evict;
    std::optional<TimePoint> next;  ///< when the next pod has to leave
};

/// While every node is silent the fault is more likely ours than theirs, and nobody is evicted for
/// it; the time that they tolerate begins anew when the first one is heard again.
struct SilenceVerdict {
    bool everybody_silent = false;
    TimePoint calm_since = {};
};

/// When the pod has to leave; nothing: never. The first toleration that covers a taint says for how
/// long, counted from when the taint was added or, for a younger pod, from its creation; the
/// earliest end counts. Daemon pods never leave because their node is not ready or silent.
[[nodiscard]] std::optional<TimePoint> eviction_time(
    const TaintedPod& pod, const std::vector<Taint>& taints, const SilenceVerdict& silence);

[[nodiscard]] EvictionPlan plan_evictions(
    const std::vector<TaintedPod>& pods,
    const std::vector<Taint>& taints,
    const SilenceVerdict& silence,
    TimePoint now);

}  // namespace picket::controller
