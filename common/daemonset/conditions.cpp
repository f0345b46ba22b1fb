#include "common/daemonset/rollout.hpp"
#include "common/daemonset/status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::daemonset {
namespace {

StatusCondition condition_of(
    std::string type, bool holds, std::string reason, std::string message) {
    return {std::move(type), holds ? "True" : "False", std::move(reason), std::move(message), {}};
}

StatusCondition available_condition(const DaemonSet& set, const DaemonSetStatus& counters) {
    const auto desired = counters.desired_number_scheduled;
    const auto may_lack = resolve_limits(set, desired).max_unavailable;
    // A daemon that works nowhere is not available, however many hosts may be without it.
    const bool anywhere = desired == 0 || counters.number_available > 0;
    const bool enough = anywhere && counters.number_available >= desired - may_lack;
    return condition_of(
        "Available",
        enough,
        enough ? "EnoughHosts" : "TooFewHosts",
        fmt::format(
            "the daemon works on {} of {} hosts; {} may be without it",
            counters.number_available,
            desired,
            may_lack));
}

bool waits_for_deletion(const DaemonSet& set, const DaemonSetStatus& counters) {
    return set.update_strategy == UpdateStrategy::OnDelete &&
           counters.number_available == counters.desired_number_scheduled;
}

StatusCondition progressing_condition(const DaemonSet& set, const DaemonSetStatus& counters) {
    const auto desired = counters.desired_number_scheduled;
    const auto updated = counters.updated_number_scheduled;
    const auto message = fmt::format(
        "{} of {} hosts have the current template, the daemon works on {}",
        updated,
        desired,
        counters.number_available);
    if (updated == desired && counters.number_available == desired)
        return condition_of("Progressing", false, "Complete", message);
    if (waits_for_deletion(set, counters))
        return condition_of("Progressing", false, "OnDelete", message);
    return condition_of("Progressing", true, updated < desired ? "Updating" : "Starting", message);
}

std::string_view fault_name(HostFault fault) {
    switch (fault) {
        case HostFault::NodesSilent:
            return "NodesSilent";
        case HostFault::PodsFailed:
            return "PodsFailed";
        case HostFault::PodsInTrouble:
            return "PodsInTrouble";
        case HostFault::PodsNotReady:
            return "PodsNotReady";
        case HostFault::None:
            break;
    }
    return "";
}

StatusCondition degraded_condition(const Faults& faults) {
    if (faults.empty())
        return condition_of("Degraded", false, "AllWell", "no host has a broken daemon");
    const auto worst =
        std::max_element(faults.begin(), faults.end(), [](const auto& left, const auto& right) {
            return left.second.count < right.second.count;
        });
    std::string message;
    for (const auto& [fault, hosts] : faults) {
        const auto more = hosts.count - hosts.named.size();
        message += fmt::format(
            "{}{}: {}{}",
            message.empty() ? "" : "; ",
            fault_name(fault),
            fmt::join(hosts.named, ", "),
            more > 0 ? fmt::format(" and {} more", more) : "");
    }
    return condition_of(
        "Degraded", true, std::string(fault_name(worst->first)), std::move(message));
}

/// In the place of the one of its type, or at the end.
void put(std::vector<StatusCondition>& conditions, StatusCondition condition, TimePoint now) {
    const auto found = std::ranges::find(conditions, condition.type, &StatusCondition::type);
    // Times are written in whole seconds.
    condition.transition = std::chrono::floor<std::chrono::seconds>(now);
    if (found == conditions.end()) {
        conditions.push_back(std::move(condition));
        return;
    }
    if (found->status == condition.status) condition.transition = found->transition;
    *found = std::move(condition);
}

}  // namespace

HostFault fault_of(const NodeSituation& situation) {
    if (situation.pods.empty() || !situation.exists) return HostFault::None;
    const auto& pod = *situation.pods.front();
    if (situation.silent()) return HostFault::NodesSilent;
    if (pod.meta.deleting()) return HostFault::None;
    if (pod.phase == PodPhase::Failed) return HostFault::PodsFailed;
    if (pod.trouble != PodTrouble::None) return HostFault::PodsInTrouble;
    return !pod.ready && pod.was_ready() ? HostFault::PodsNotReady : HostFault::None;
}

std::vector<StatusCondition> sum_up(
    const DaemonSet& set, const DaemonSetStatus& counters, const Faults& faults, TimePoint now) {
    auto conditions = set.status.conditions;
    put(conditions, available_condition(set, counters), now);
    put(conditions, progressing_condition(set, counters), now);
    put(conditions, degraded_condition(faults), now);
    return conditions;
}

}  // namespace picket::daemonset
