#pragma once
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <string>

namespace picket::controller {

/// Empties terminating namespaces after a grace, and then lets them go. Pods leave in their own
/// time, so it looks again until nothing is left. Loop thread only.
class NamespaceController {
public:
    NamespaceController(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        TaskGroup& tasks);
    /// Spawns the workers; call after the informers are synced.
    void start();

private:
    Awaitable<Result<void>> reconcile(std::string name);
    /// How many objects of the kind are still there, after asking for their deletion.
    Awaitable<Result<std::size_t>> empty_of(const Resource& resource, std::string name);
    Awaitable<Result<void>> finalize(std::string name);

    client::ApiClient& api_;
    SharedInformers& informers_;
    TaskGroup& tasks_;
    ReconcileLoop loop_;
};

}  // namespace picket::controller
