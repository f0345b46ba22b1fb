#include "common/daemonset/rollout.hpp"
#include "common/daemonset/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace picket::daemonset {
namespace {

StatusCondition condition_of(
    std::string type, bool holds, std::string reason, std::string message) {
    return {std::move(type), holds ? "True" : "False", std::move(reason), std::move(message), {}};
}

StatusCondition available_condition(const StatusInput& input, const DaemonSetStatus& counters) {
    const auto desired = counters.desired_number_scheduled;
    const auto may_lack = resolve_limits(input.set, desired).max_unavailable;
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

bool waits_for_deletion(const StatusInput& input, const DaemonSetStatus& counters) {
    return input.set.update_strategy == UpdateStrategy::OnDelete &&
           counters.number_available == counters.desired_number_scheduled;
}

StatusCondition progressing_condition(const StatusInput& input, const DaemonSetStatus& counters) {
    const auto desired = counters.desired_number_scheduled;
    const auto updated = counters.updated_number_scheduled;
    const auto message = fmt::format(
        "{} of {} hosts have the current template, the daemon works on {}",
        updated,
        desired,
        counters.number_available);
    if (updated == desired && counters.number_available == desired)
        return condition_of("Progressing", false, "Complete", message);
    if (waits_for_deletion(input, counters))
        return condition_of("Progressing", false, "OnDelete", message);
    return condition_of("Progressing", true, updated < desired ? "Updating" : "Starting", message);
}

/// What is wrong with one host that no update brought about; empty: nothing.
std::string_view fault_of(const NodeSituation& situation) {
    if (situation.pods.empty() || !situation.exists) return {};
    const auto& pod = *situation.pods.front();
    if (situation.silent()) return "NodesSilent";
    if (pod.meta.deleting()) return {};
    if (pod.phase == PodPhase::Failed) return "PodsFailed";
    if (pod.trouble != PodTrouble::None) return "PodsInTrouble";
    return !pod.ready && pod.was_ready() ? "PodsNotReady" : std::string_view();
}

StatusCondition degraded_condition(const StatusInput& input) {
    std::map<std::string_view, std::vector<std::string_view>> faults;
    for (const auto& situation : input.situations) {
        if (const auto fault = fault_of(situation); !fault.empty())
            faults[fault].push_back(situation.node);
    }
    if (faults.empty())
        return condition_of("Degraded", false, "AllWell", "no host has a broken daemon");
    const auto worst =
        std::max_element(faults.begin(), faults.end(), [](const auto& left, const auto& right) {
            return left.second.size() < right.second.size();
        });
    constexpr std::size_t kNamed = 3;
    std::string message;
    for (const auto& [fault, nodes] : faults) {
        const auto named = std::min(nodes.size(), kNamed);
        message += fmt::format(
            "{}{}: {}{}",
            message.empty() ? "" : "; ",
            fault,
            fmt::join(nodes.begin(), nodes.begin() + static_cast<std::ptrdiff_t>(named), ", "),
            nodes.size() > named ? fmt::format(" and {} more", nodes.size() - named) : "");
    }
    return condition_of("Degraded", true, std::string(worst->first), std::move(message));
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

std::vector<StatusCondition> sum_up(const StatusInput& input, const DaemonSetStatus& counters) {
    auto conditions = input.set.status.conditions;
    put(conditions, available_condition(input, counters), input.now);
    put(conditions, progressing_condition(input, counters), input.now);
    put(conditions, degraded_condition(input), input.now);
    return conditions;
}

}  // namespace picket::daemonset
