#include "controller/node_lifecycle/taint_eviction.hpp"

#include "common/api/json_read.hpp"
#include "controller/node_lifecycle/node_health.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

constexpr const char* kStaticPodAnnotation = "kubernetes.io/config.mirror";

bool is_finished(const Json& pod) {
    const auto phase = json_read::text(json_read::member(pod, "status"), "phase");
    return phase == "Succeeded" || phase == "Failed";
}

bool is_daemon(const TaintedPod& pod) {
    const auto* owner = pod.meta.controller();
    return owner != nullptr && owner->kind == "DaemonSet";
}

/// From when on the taint counts for this pod; nothing: it does not count now.
std::optional<TimePoint> begin_of(
    const TaintedPod& pod, const Taint& taint, const SilenceVerdict& silence) {
    auto begin = std::max(pod.meta.created, taint.added.value_or(TimePoint{}));
    if (taint.key != kUnreachableTaint) return begin;
    if (silence.everybody_silent) return std::nullopt;
    return std::max(begin, silence.calm_since);
}

std::optional<TimePoint> end_of_stay(const TaintedPod& pod, const Taint& taint, TimePoint begin) {
    const auto toleration = std::find_if(
        pod.tolerations.begin(), pod.tolerations.end(), [&](const Toleration& candidate) {
            return candidate.covers(taint);
        });
    if (toleration == pod.tolerations.end()) return begin;
    if (!toleration->seconds) return std::nullopt;
    // A century is "never" enough, and does not overflow.
    constexpr std::int64_t kLongest = 100LL * 365 * 24 * 3600;
    return begin +
           std::chrono::seconds(std::clamp<std::int64_t>(*toleration->seconds, 0, kLongest));
}

}  // namespace

TaintedPod TaintedPod::parse(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    TaintedPod pod{ObjectMeta::parse(metadata), is_finished(object)};
    pod.is_static = json_read::member(metadata, "annotations").contains(kStaticPodAnnotation);
    pod.tolerations =
        parse_tolerations(json_read::member(json_read::member(object, "spec"), "tolerations"));
    return pod;
}

std::optional<TimePoint> eviction_time(
    const TaintedPod& pod, const std::vector<Taint>& taints, const SilenceVerdict& silence) {
    std::optional<TimePoint> earliest;
    for (const auto& taint : taints) {
        if (taint.effect != TaintEffect::NoExecute) continue;
        const bool of_health = taint.key == kUnreachableTaint || taint.key == kNotReadyTaint;
        if (of_health && is_daemon(pod)) continue;
        const auto begin = begin_of(pod, taint, silence);
        if (!begin) continue;
        const auto end = end_of_stay(pod, taint, *begin);
        if (end && (!earliest || *end < *earliest)) earliest = end;
    }
    return earliest;
}

EvictionPlan plan_evictions(
    const std::vector<TaintedPod>& pods,
    const std::vector<Taint>& taints,
    const SilenceVerdict& silence,
    TimePoint now) {
    EvictionPlan plan;
    for (const auto& pod : pods) {
        if (pod.meta.deleting() || pod.finished || pod.is_static) continue;
        const auto leaves = eviction_time(pod, taints, silence);
        if (!leaves) continue;
        if (*leaves <= now) {
            plan.evict.push_back(pod.meta);
        } else if (!plan.next || *leaves < *plan.next) {
            plan.next = leaves;
        }
    }
    return plan;
}

}  // namespace picket::controller
