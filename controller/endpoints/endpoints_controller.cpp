#include "controller/endpoints/endpoints_controller.hpp"

#include "common/async/timing.hpp"
#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

namespace picket::controller {
namespace {

constexpr std::size_t kEndpointsWorkers = 4;
/// A rollout changes many pods of one service at once.
constexpr std::chrono::milliseconds kBatch{300};

client::Target endpoints_target(std::string namespace_name, std::string name = {}) {
    return {
        .group_version = "v1",
        .plural = "endpoints",
        .namespace_name = std::move(namespace_name),
        .name = std::move(name)};
}

client::Target slices_target(std::string namespace_name, std::string name = {}) {
    return {
        .group_version = "discovery.k8s.io/v1",
        .plural = "endpointslices",
        .namespace_name = std::move(namespace_name),
        .name = std::move(name)};
}

client::Target services_target() {
    return {.group_version = "v1", .plural = "services"};
}

client::Query our_slices() {
    return {{"labelSelector", std::string(kManagedByLabel).append("=").append(kSliceManager)}};
}

/// Key of the service that a slice belongs to.
std::string owner_key(const WholeObject& slice) {
    return slice.meta.namespace_name + "/" + slice.meta.label(kServiceNameLabel);
}

/// Somebody else was first with the same change, or the namespace goes away.
Result<void> unless_late(const Result<Json>& answer) {
    if (answer || already_gone(answer.error())) return Ok();
    return answer.error();
}

}  // namespace

EndpointsController::EndpointsController(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    TaskGroup& tasks,
    std::uint64_t seed)
    : api_(api),
      informers_(informers),
      tasks_(tasks),
      services_(api, services_target(), {}, seed),
      endpoints_(api, endpoints_target(""), {}, seed),
      slices_(api, slices_target(""), our_slices(), seed),
      loop_(executor, "endpoints", [this](std::string key) { return reconcile(std::move(key)); }) {
    services_.on_change([this](const std::string& key, const auto&, const auto& after) {
        service_changed(key, after);
    });
    informers_.pods.on_change(
        [this](const std::string& key, const auto& before, const auto& after) {
            for (const auto& service : members_.pod_changed(key, before, after)) {
                loop_.queue().add_after(service, kBatch);
            }
        });
    endpoints_.on_change([this](const std::string& key, const auto&, const auto&) {
        if (services_.find(key)) loop_.queue().add_after(key, kBatch);
    });
    slices_.on_change([this](const std::string& key, const auto& before, const auto& after) {
        if (before) slices_of_[owner_key(*before)].erase(key);
        if (after) slices_of_[owner_key(*after)].insert(key);
        for (const auto& slice : {before, after}) {
            if (slice) slice_changed(*slice);
        }
    });
}

void EndpointsController::start() {
    tasks_.spawn("informer services", services_.run());
    tasks_.spawn("informer endpoints", endpoints_.run());
    tasks_.spawn("informer endpointslices", slices_.run());
    tasks_.spawn("endpoints", run());
}

/// Half a cache would make slices a second time.
Awaitable<> EndpointsController::run() {
    while (!services_.synced() || !endpoints_.synced() || !slices_.synced()) {
        co_await sleep_for(std::chrono::milliseconds(20));
    }
    loop_.start(tasks_, kEndpointsWorkers);
}

void EndpointsController::service_changed(
    const std::string& key, const std::shared_ptr<const Service>& after) {
    std::vector<PodPtr> pods;
    if (after) pods = objects_in(informers_.pods, after->meta.namespace_name);
    members_.service_changed(key, after, pods);
    if (after) {
        loop_.queue().add(key);
    } else if (const auto known = slices_of_.find(key);
               known != slices_of_.end() && known->second.empty()) {
        slices_of_.erase(known);
    }
}

void EndpointsController::slice_changed(const WholeObject& slice) {
    const auto key = owner_key(slice);
    if (services_.find(key)) loop_.queue().add_after(key, kBatch);
}

ServicePods EndpointsController::pods_of(const std::string& key) const {
    ServicePods pods;
    for (const auto& pod : members_.pods_of(key)) {
        if (auto found = informers_.pods.find(pod)) pods.push_back(std::move(found));
    }
    return pods;
}

Awaitable<Result<void>> EndpointsController::reconcile(std::string key) {
    const auto service = services_.find(key);
    // What a deleted service leaves behind is its dependents: the garbage collector's.
    if (!service || service->selector.empty() || service->external_name) co_return Ok();
    if (service->meta.deleting()) co_return Ok();
    auto written = co_await write_endpoints(service);
    if (!written) co_return written;
    co_return co_await write_slices(service);
}

Awaitable<Result<void>> EndpointsController::write_endpoints(
    std::shared_ptr<const Service> service) {
    const auto key = service->meta.key();
    auto wanted = plan_endpoints(*service, pods_of(key));
    const auto present = endpoints_.find(key);
    if (present && same_endpoints(present->object, wanted)) co_return Ok();
    if (!present) {
        const auto made =
            co_await api_.create(endpoints_target(service->meta.namespace_name), std::move(wanted));
        co_return unless_late(made);
    }
    wanted["metadata"]["resourceVersion"] = present->meta.resource_version;
    const auto changed = co_await api_.update(
        endpoints_target(service->meta.namespace_name, service->meta.name), std::move(wanted));
    co_return unless_late(changed);
}

Awaitable<Result<void>> EndpointsController::write_slices(std::shared_ptr<const Service> service) {
    const auto key = service->meta.key();
    WholeObjects present;
    for (const auto& slice : slices_of_[key]) {
        if (auto found = slices_.find(slice)) present.push_back(std::move(found));
    }
    auto plan = plan_slices(*service, pods_of(key), present);
    co_return co_await apply(service->meta.namespace_name, std::move(plan));
}

Awaitable<Result<void>> EndpointsController::apply(std::string namespace_name, SlicePlan plan) {
    for (auto& slice : plan.create) {
        const auto made = co_await api_.create(slices_target(namespace_name), std::move(slice));
        if (!made) co_return made.error();
    }
    for (auto& slice : plan.update) {
        const auto name = slice["metadata"]["name"].get<std::string>();
        const auto changed =
            co_await api_.update(slices_target(namespace_name, name), std::move(slice));
        if (auto done = unless_late(changed); !done) co_return done;
    }
    for (const auto& meta : plan.remove) {
        auto options = delete_options(meta.uid);
        const auto gone =
            co_await api_.remove(slices_target(namespace_name, meta.name), std::move(options));
        if (auto done = unless_late(gone); !done) co_return done;
    }
    co_return Ok();
}

}  // namespace picket::controller
