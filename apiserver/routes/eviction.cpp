#include "apiserver/registry/document.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/object_delete.hpp"
#include "apiserver/routes/pod_actions.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/disruption_budget.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

using PodPtr = std::shared_ptr<const Pod>;

/// DeleteOptions inside the Eviction, then the query.
Result<DeleteOptions> eviction_options(const Call& call) {
    auto body = body_of_call(call);
    if (!body) return body.error();
    return parse_delete_options(call.url, registry::at(body->document, {"deleteOptions"}));
}

std::vector<DisruptionBudget> budgets_of(const storage::Store& store, const Pod& pod) {
    storage::Filter filter;
    filter.namespace_name = pod.meta.namespace_name;
    std::vector<DisruptionBudget> budgets;
    for (const auto& object :
         store.list("poddisruptionbudgets.policy", filter, 0, std::nullopt).objects) {
        auto budget = DisruptionBudget::parse(Json::parse(*object->bytes));
        if (budget.selects(pod.meta)) budgets.push_back(std::move(budget));
    }
    return budgets;
}

std::vector<PodPtr> pods_of(const storage::Store& store, const DisruptionBudget& budget) {
    storage::Filter filter;
    filter.namespace_name = budget.meta.namespace_name;
    filter.predicate = [&budget](const storage::StoredObject& object) {
        return budget.selector->matches(object.attributes.labels);
    };
    std::vector<PodPtr> pods;
    for (const auto& object : store.list("pods", filter, 0, std::nullopt).objects)
        pods.push_back(std::make_shared<const Pod>(Pod::parse(Json::parse(*object->bytes))));
    return pods;
}

/// How many pods the DaemonSets among the owners want.
std::map<std::string, std::int64_t> wanted_by_owners(
    const storage::Store& store, const std::vector<PodPtr>& pods) {
    std::map<std::string, std::int64_t> wanted;
    for (const auto& pod : pods) {
        const auto* owner = pod->meta.controller();
        if (owner == nullptr || owner->kind != "DaemonSet" || wanted.contains(owner->uid)) continue;
        const auto stored = store.get({"daemonsets.apps", pod->meta.namespace_name, owner->name});
        if (!stored) continue;
        const auto set = DaemonSet::parse(Json::parse(*stored->bytes));
        if (set.meta.uid == owner->uid) wanted[owner->uid] = set.status.desired_number_scheduled;
    }
    return wanted;
}

/// In the words by which `kubectl drain` knows that it is to try again.
Error over_budget(const DisruptionBudget& budget, const DisruptionCounts& counts) {
    Error error{
        Reason::TooManyRequests,
        "Cannot evict pod as it would violate the pod's disruption budget."};
    error.causes.push_back(
        {CauseType::Other,
         "",
         fmt::format(
             "The disruption budget {} needs {} healthy pods and has {} currently",
             budget.meta.name,
             counts.desired,
             counts.healthy),
         "DisruptionBudget"});
    return error;
}

Result<void> check_budgets(const storage::Store& store, const storage::ObjectKey& key) {
    const auto stored = store.get(key);
    if (!stored) return Ok();  // the delete will say so
    const auto pod = Pod::parse(Json::parse(*stored->bytes));
    if (!needs_budget(pod)) return Ok();
    const auto budgets = budgets_of(store, pod);
    if (budgets.empty()) return Ok();
    if (budgets.size() > 1) {
        return Error{
            Reason::InternalError,
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does "
            "not support."};
    }
    const auto& budget = budgets.front();
    const auto pods = pods_of(store, budget);
    const auto counts = count_disruptions(budget, pods, wanted_by_owners(store, pods));
    if (may_evict(budget, counts, pod)) return Ok();
    return over_budget(budget, counts);
}

}  // namespace

/// The budget is counted on what is stored, not on its status, which is always a little old; and
/// the next eviction waits until this one is stored.
Awaitable<Result<http::Response>> evict_pod(Call call) {
    auto options = eviction_options(call);
    if (!options) co_return options.error();
    const auto turn = co_await call.services.evictions.lock();
    const auto allowed = check_budgets(call.services.store, call.key());
    if (!allowed) co_return allowed.error();
    const auto written = co_await run_delete(
        call.services, *call.resource, call.key(), std::move(*options), call.context());
    if (!written) co_return written.error();
    co_return created_status();
}

}  // namespace picket::apiserver
