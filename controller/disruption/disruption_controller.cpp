#include "controller/disruption/disruption_controller.hpp"

#include "common/async/timing.hpp"
#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

namespace picket::controller {
namespace {

/// A rollout changes many pods of one budget at once.
constexpr std::chrono::milliseconds kBudgetBatch{300};

client::Target budgets_target() {
    return {.group_version = "policy/v1", .plural = "poddisruptionbudgets"};
}

StatusCondition allowed_condition(
    const DisruptionBudget& budget, const DisruptionCounts& counts, TimePoint now) {
    const bool allowed = counts.allowed > 0;
    StatusCondition condition{
        "DisruptionAllowed",
        allowed ? "True" : "False",
        allowed ? "SufficientPods" : "InsufficientPods",
        "",
        std::chrono::floor<std::chrono::seconds>(now)};
    if (budget.condition && budget.condition->status == condition.status)
        condition.transition = budget.condition->transition;
    return condition;
}

Json status_of(
    const DisruptionBudget& budget,
    const DisruptionCounts& counts,
    const StatusCondition& condition) {
    Json json{
        {"type", condition.type},
        {"status", condition.status},
        {"reason", condition.reason},
        {"message", condition.message},
        {"observedGeneration", budget.meta.generation}};
    if (condition.transition) json["lastTransitionTime"] = format_time(*condition.transition);
    return {
        {"observedGeneration", budget.meta.generation},
        {"disruptionsAllowed", counts.allowed},
        {"currentHealthy", counts.healthy},
        {"desiredHealthy", counts.desired},
        {"expectedPods", counts.expected},
        {"conditions", Json::array({std::move(json)})}};
}

}  // namespace

DisruptionController::DisruptionController(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    const Clock& clock,
    TaskGroup& tasks,
    std::uint64_t seed)
    : api_(api),
      informers_(informers),
      clock_(clock),
      tasks_(tasks),
      budgets_(api, budgets_target(), {}, seed),
      loop_(executor, "disruption", [this](std::string key) { return reconcile(std::move(key)); }) {
    budgets_.on_change([this](const std::string& key, const auto&, const auto& after) {
        if (after) loop_.queue().add(key);
    });
    informers_.pods.on_change([this](const std::string&, const auto& before, const auto& after) {
        pod_changed(before, after);
    });
    informers_.daemonsets.on_change(
        [this](const std::string&, const auto& before, const auto& after) {
            const auto wanted = [](const auto& set) {
                return set ? set->status.desired_number_scheduled : 0;
            };
            if (wanted(before) != wanted(after))
                wake_namespace((after ? after : before)->meta.namespace_name);
        });
}

void DisruptionController::start() {
    tasks_.spawn("informer poddisruptionbudgets", budgets_.run());
    tasks_.spawn("disruption", run());
}

Awaitable<> DisruptionController::run() {
    while (!budgets_.synced()) co_await sleep_for(std::chrono::milliseconds(20));
    loop_.start(tasks_, 1);
}

void DisruptionController::pod_changed(const PodPtr& before, const PodPtr& after) {
    if (budgets_.objects().empty()) return;
    const auto& meta = (after ? after : before)->meta;
    for (const auto& budget : objects_in(budgets_, meta.namespace_name)) {
        const bool concerns =
            (before && budget->selects(before->meta)) || (after && budget->selects(after->meta));
        if (concerns) loop_.queue().add_after(budget->meta.key(), kBudgetBatch);
    }
}

void DisruptionController::wake_namespace(const std::string& namespace_name) {
    for (const auto& budget : objects_in(budgets_, namespace_name))
        loop_.queue().add_after(budget->meta.key(), kBudgetBatch);
}

DisruptionCounts DisruptionController::count(const DisruptionBudget& budget) const {
    auto pods = objects_in(informers_.pods, budget.meta.namespace_name);
    std::erase_if(pods, [&](const PodPtr& pod) { return !budget.selects(pod->meta); });
    std::map<std::string, std::int64_t> wanted;
    for (const auto& set : objects_in(informers_.daemonsets, budget.meta.namespace_name))
        wanted[set->meta.uid] = set->status.desired_number_scheduled;
    return count_disruptions(budget, pods, wanted);
}

Awaitable<Result<void>> DisruptionController::reconcile(std::string key) {
    const auto budget = budgets_.find(key);
    if (!budget || budget->meta.deleting()) co_return Ok();
    const auto counts = count(*budget);
    const auto condition = allowed_condition(*budget, counts, clock_.now());
    if (counts == budget->counted && budget->condition == condition &&
        budget->observed_generation == budget->meta.generation) {
        co_return Ok();
    }
    Json patch{
        {"metadata", {{"uid", budget->meta.uid}}},
        {"status", status_of(*budget, counts, condition)}};
    const auto written = co_await api_.patch(
        target_of("policy/v1", "poddisruptionbudgets", budget->meta, "status"),
        client::PatchType::Merge,
        std::move(patch));
    if (!written && !already_gone(written.error())) co_return written.error();
    co_return Ok();
}

}  // namespace picket::controller
