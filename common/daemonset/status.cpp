#include "common/daemonset/status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::daemonset {
namespace {

void add(DaemonSetStatus& sum, const DaemonSetStatus& node) {
    sum.current_number_scheduled += node.current_number_scheduled;
    sum.number_misscheduled += node.number_misscheduled;
    sum.desired_number_scheduled += node.desired_number_scheduled;
    sum.number_ready += node.number_ready;
    sum.updated_number_scheduled += node.updated_number_scheduled;
    sum.number_available += node.number_available;
}

std::optional<Duration> until_available(const StatusInput& input, const NodeSituation& situation) {
    if (!situation.placement.should_run || situation.pods.empty()) return std::nullopt;
    const auto& pod = *situation.pods.front();
    if (!is_ready(situation, pod) || !pod.ready_since) return std::nullopt;
    if (is_available(situation, pod, input.set, input.now)) return std::nullopt;
    return *pod.ready_since + std::chrono::seconds(input.set.min_ready_seconds) - input.now;
}

Json to_json(const StatusCondition& condition) {
    Json json{{"type", condition.type}, {"status", condition.status}};
    if (!condition.reason.empty()) json["reason"] = condition.reason;
    if (!condition.message.empty()) json["message"] = condition.message;
    if (condition.transition) json["lastTransitionTime"] = format_time(*condition.transition);
    return json;
}

Json unless_zero(std::int64_t count) {
    return count == 0 ? Json() : Json(count);
}

}  // namespace

DaemonSetStatus count_node(const StatusInput& input, const NodeSituation& situation) {
    DaemonSetStatus counts;
    if (!situation.exists) return counts;
    const bool has_pod = !situation.pods.empty();
    if (!situation.placement.should_run) {
        counts.number_misscheduled = has_pod ? 1 : 0;
        return counts;
    }
    counts.desired_number_scheduled = 1;
    if (!has_pod) return counts;
    const auto& pod = *situation.pods.front();
    counts.current_number_scheduled = 1;
    counts.number_ready = is_ready(situation, pod) ? 1 : 0;
    counts.number_available = is_available(situation, pod, input.set, input.now) ? 1 : 0;
    counts.updated_number_scheduled = input.revision.made(pod.meta) ? 1 : 0;
    return counts;
}

CountedStatus count_status(const StatusInput& input) {
    CountedStatus result;
    for (const auto& situation : input.situations) {
        add(result.status, count_node(input, situation));
        const auto wait = until_available(input, situation);
        if (wait && (!result.next_available || *wait < *result.next_available))
            result.next_available = wait;
    }
    auto& status = result.status;
    status.number_unavailable = status.desired_number_scheduled - status.number_available;
    status.observed_generation = input.set.meta.generation;
    status.collision_count = input.set.status.collision_count;
    status.conditions = sum_up(input, status);
    return result;
}

Json status_patch(const DaemonSetStatus& status) {
    Json counters{
        {"currentNumberScheduled", status.current_number_scheduled},
        {"numberMisscheduled", status.number_misscheduled},
        {"desiredNumberScheduled", status.desired_number_scheduled},
        {"numberReady", status.number_ready},
        {"observedGeneration", unless_zero(status.observed_generation)},
        {"updatedNumberScheduled", unless_zero(status.updated_number_scheduled)},
        {"numberAvailable", unless_zero(status.number_available)},
        {"numberUnavailable", unless_zero(status.number_unavailable)}};
    if (status.collision_count) counters["collisionCount"] = *status.collision_count;
    counters["conditions"] = Json::array();
    for (const auto& condition : status.conditions)
        counters["conditions"].push_back(to_json(condition));
    return {{"status", std::move(counters)}};
}

}  // namespace picket::daemonset
