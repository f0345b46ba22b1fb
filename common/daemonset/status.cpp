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
    DaemonSetStatus counters;
    Faults faults;
    std::optional<TimePoint> next;
    for (const auto& situation : input.situations) {
        add(counters, count_node(input, situation));
        if (const auto fault = fault_of(situation); fault != HostFault::None) {
            auto& hosts = faults[fault];
            if (hosts.count++ < kNamedHosts) hosts.named.push_back(situation.node);
        }
        const auto then = becomes_available(situation, input.set, input.now);
        if (then && (!next || *then < *next)) next = then;
    }
    CountedStatus result{.status = finished_status(input.set, counters, faults, input.now)};
    if (next) result.next_available = *next - input.now;
    return result;
}

DaemonSetStatus finished_status(
    const DaemonSet& set, DaemonSetStatus counters, const Faults& faults, TimePoint now) {
    counters.number_unavailable = counters.desired_number_scheduled - counters.number_available;
    counters.observed_generation = set.meta.generation;
    counters.collision_count = set.status.collision_count;
    counters.conditions = sum_up(set, counters, faults, now);
    return counters;
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
