#pragma once
#include "controller/endpoints/endpoints_plan.hpp"
#include "controller/endpoints/service_members.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

namespace picket::controller {

/// Keeps the Endpoints and EndpointSlices of every service that selects pods. Changes that come
/// close together are written together. Loop thread only.
class EndpointsController {
public:
    EndpointsController(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        TaskGroup& tasks,
        std::uint64_t seed);
    /// Spawns informers and workers; call after the shared informers are synced.
    void start();

private:
    void service_changed(const std::string& key, const std::shared_ptr<const Service>& after);
    void slice_changed(const WholeObject& slice);
    Awaitable<> run();
    Awaitable<Result<void>> reconcile(std::string key);
    Awaitable<Result<void>> write_endpoints(std::shared_ptr<const Service> service);
    Awaitable<Result<void>> write_slices(std::shared_ptr<const Service> service);
    Awaitable<Result<void>> apply(std::string namespace_name, SlicePlan plan);
    [[nodiscard]] ServicePods pods_of(const std::string& key) const;

    client::ApiClient& api_;
    SharedInformers& informers_;
    TaskGroup& tasks_;
    client::Informer<Service> services_;
    client::Informer<WholeObject> endpoints_;
    client::Informer<WholeObject> slices_;
    ServiceMembers members_;
    std::map<std::string, std::set<std::string>> slices_of_;  // keys of slices, by service
    ReconcileLoop loop_;
};

}  // namespace picket::controller
