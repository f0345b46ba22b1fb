#include "controller/controller_manager.hpp"

#include "common/async/task_group.hpp"
#include "common/base/log.hpp"
#include "controller/daemonset/daemonset_controller.hpp"
#include "controller/disruption/disruption_controller.hpp"
#include "controller/endpoints/endpoints_controller.hpp"
#include "controller/garbage_collector/garbage_collector.hpp"
#include "controller/namespace/namespace_controller.hpp"
#include "controller/node_lifecycle/node_lifecycle_controller.hpp"
#include "controller/node_lifecycle/taint_evictor.hpp"
#include "controller/pod_collector/pod_collector.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::controller {
namespace {

/// Enough that batches of requests find their connections again: a TLS handshake costs as much as
/// several requests.
constexpr std::size_t kIdleConnections = kRequestsAtOnce + 16;

client::ApiClientOptions with_pool(client::ApiClientOptions options) {
    options.http.max_idle_connections =
        std::max(options.http.max_idle_connections, kIdleConnections);
    if (options.user_agent.empty() || options.user_agent == "picket")
        options.user_agent = "picket-controller";
    return options;
}

}  // namespace

/// Everything but the API client runs in `tasks_`; stop() empties it before anything is destroyed.
class ControllerManager::Impl {
public:
    Impl(
        boost::asio::any_io_executor executor,
        client::ApiClientOptions api,
        ControllerOptions options,
        const Clock& clock)
        : api_(executor, with_pool(std::move(api))),
          tasks_(executor),
          informers_(api_, options.seed),
          daemonsets_(executor, api_, informers_, clock, tasks_),
          garbage_collector_(executor, api_, informers_, tasks_, options.seed),
          nodes_(executor, api_, informers_, clock, tasks_, options.node_grace, options.seed),
          evictor_(executor, api_, informers_, clock, tasks_),
          pods_(executor, api_, informers_, tasks_),
          namespaces_(executor, api_, informers_, tasks_),
          endpoints_(executor, api_, informers_, tasks_, options.seed),
          disruptions_(executor, api_, informers_, clock, tasks_, options.seed) {}

    void start() { tasks_.spawn("controllers", run()); }
    Awaitable<> stop() { return tasks_.stop(); }

private:
    Awaitable<> run() {
        informers_.start(tasks_);
        garbage_collector_.start_informers();
        co_await informers_.wait_until_synced();
        nodes_.start();
        evictor_.start();
        pods_.start();
        daemonsets_.start();
        namespaces_.start();
        endpoints_.start();
        disruptions_.start();
        // It decides over all kinds at once, so it waits for all of them.
        co_await garbage_collector_.wait_until_synced();
        garbage_collector_.start();
        logger("controller")->info("controllers running");
    }

    client::ApiClient api_;
    TaskGroup tasks_;
    SharedInformers informers_;
    DaemonSetController daemonsets_;
    GarbageCollector garbage_collector_;
    NodeLifecycleController nodes_;
    TaintEvictor evictor_;
    PodCollector pods_;
    NamespaceController namespaces_;
    EndpointsController endpoints_;
    DisruptionController disruptions_;
};

ControllerManager::ControllerManager(
    boost::asio::any_io_executor executor,
    client::ApiClientOptions api,
    ControllerOptions options,
    const Clock& clock)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(api), options, clock)) {}

ControllerManager::~ControllerManager() = default;

void ControllerManager::start() {
    impl_->start();
}

Awaitable<> ControllerManager::stop() {
    return impl_->stop();
}

}  // namespace picket::controller
