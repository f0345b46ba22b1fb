#include "common/api/disruption_budget.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace picket {
namespace {

std::optional<IntOrPercent> parse_amount(const Json& spec, const char* key) {
    const auto& value = json_read::member(spec, key);
    if (value.is_null()) return std::nullopt;
    return IntOrPercent::parse(value);
}

std::optional<StatusCondition> parse_allowed(const Json& status) {
    const auto* condition = json_read::condition(status, "DisruptionAllowed");
    if (condition == nullptr) return std::nullopt;
    return StatusCondition{
        "DisruptionAllowed",
        json_read::text(*condition, "status"),
        json_read::text(*condition, "reason"),
        json_read::text(*condition, "message"),
        json_read::time(*condition, "lastTransitionTime")};
}

/// Each controller counts once with what it wants, each other pod with itself.
std::int64_t count_expected(
    const std::vector<const Pod*>& pods, const std::map<std::string, std::int64_t>& desired_of) {
    std::int64_t expected = 0;
    std::set<std::string> counted;
    for (const auto* pod : pods) {
        const auto* owner = pod->meta.controller();
        const auto wanted = owner == nullptr ? desired_of.end() : desired_of.find(owner->uid);
        if (wanted == desired_of.end()) {
            ++expected;
        } else if (counted.insert(owner->uid).second) {
            expected += wanted->second;
        }
    }
    return expected;
}

std::int64_t healthy_wanted(const DisruptionBudget& budget, std::int64_t expected) {
    if (budget.max_unavailable)
        return std::max<std::int64_t>(0, expected - budget.max_unavailable->resolve(expected));
    return budget.min_available ? budget.min_available->resolve(expected) : 0;
}

bool is_healthy(const Pod& pod) {
    return pod.ready && !pod.meta.deleting();
}

}  // namespace

DisruptionBudget DisruptionBudget::parse(const Json& object) {
    const auto& spec = json_read::member(object, "spec");
    const auto& status = json_read::member(object, "status");
    DisruptionBudget budget;
    budget.meta = ObjectMeta::parse(json_read::member(object, "metadata"));
    if (const auto& selector = json_read::member(spec, "selector"); !selector.is_null()) {
        if (auto parsed = LabelSelector::from_json(selector)) budget.selector = std::move(*parsed);
    }
    budget.min_available = parse_amount(spec, "minAvailable");
    budget.max_unavailable = parse_amount(spec, "maxUnavailable");
    budget.always_allow_unhealthy =
        json_read::text(spec, "unhealthyPodEvictionPolicy") == "AlwaysAllow";
    budget.counted = {
        json_read::integer(status, "expectedPods"),
        json_read::integer(status, "currentHealthy"),
        json_read::integer(status, "desiredHealthy"),
        json_read::integer(status, "disruptionsAllowed")};
    budget.observed_generation = json_read::integer(status, "observedGeneration");
    budget.condition = parse_allowed(status);
    return budget;
}

bool DisruptionBudget::selects(const ObjectMeta& pod) const {
    return meta.namespace_name == pod.namespace_name && selector && selector->matches(pod.labels);
}

DisruptionCounts count_disruptions(
    const DisruptionBudget& budget,
    const std::vector<std::shared_ptr<const Pod>>& pods,
    const std::map<std::string, std::int64_t>& desired_of) {
    std::vector<const Pod*> lasting;
    for (const auto& pod : pods) {
        if (!pod->finished()) lasting.push_back(pod.get());
    }
    DisruptionCounts counts;
    const bool plain_number = budget.min_available && !budget.min_available->percent;
    counts.expected = plain_number ? static_cast<std::int64_t>(lasting.size())
                                   : count_expected(lasting, desired_of);
    counts.healthy =
        std::ranges::count_if(lasting, [](const Pod* pod) { return is_healthy(*pod); });
    counts.desired = healthy_wanted(budget, counts.expected);
    if (counts.expected > 0)
        counts.allowed = std::max<std::int64_t>(0, counts.healthy - counts.desired);
    return counts;
}

bool needs_budget(const Pod& pod) {
    return !pod.meta.deleting() && !pod.finished() && pod.phase != PodPhase::Pending;
}

bool may_evict(const DisruptionBudget& budget, const DisruptionCounts& counts, const Pod& pod) {
    if (!is_healthy(pod)) {
        // It takes nothing from those that are healthy; but while these are too few, it is the one
        // that may be healthy next.
        const bool enough = counts.desired > 0 && counts.healthy >= counts.desired;
        if (budget.always_allow_unhealthy || enough) return true;
    }
    return counts.allowed > 0;
}

}  // namespace picket
