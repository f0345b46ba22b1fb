#pragma once
#include "common/api/disruption_budget.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <memory>
#include <string>

namespace picket::controller {

/// Keeps the status of PodDisruptionBudgets, for people and tools to read. Evictions do not wait
/// for it: the server counts for itself. Loop thread only.
class DisruptionController {
public:
    DisruptionController(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        const Clock& clock,
        TaskGroup& tasks,
        std::uint64_t seed);
    /// Spawns informer and worker; call after the shared informers are synced.
    void start();

private:
    using BudgetPtr = std::shared_ptr<const DisruptionBudget>;

    void pod_changed(const PodPtr& before, const PodPtr& after);
    void wake_namespace(const std::string& namespace_name);
    Awaitable<> run();
    Awaitable<Result<void>> reconcile(std::string key);
    [[nodiscard]] DisruptionCounts count(const DisruptionBudget& budget) const;

    client::ApiClient& api_;
    SharedInformers& informers_;
    const Clock& clock_;
    TaskGroup& tasks_;
    client::Informer<DisruptionBudget> budgets_;
    ReconcileLoop loop_;
};

}  // namespace picket::controller
