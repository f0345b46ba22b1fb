#pragma once
#include "common/async/timing.hpp"
#include "common/client/event_recorder.hpp"
#include "controller/node_lifecycle/node_health.hpp"
#include "controller/reconcile_loop.hpp"
#include "controller/shared_informers.hpp"

#include <set>
#include <string>

namespace picket::controller {

/// Notices hosts that fell silent by their Leases, says so in their conditions, puts the taints
/// that conditions and cordons call for, and takes readiness from the pods of a node that lost it.
/// Never deletes a pod. Loop thread only.
class NodeLifecycleController {
public:
    NodeLifecycleController(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        SharedInformers& informers,
        const Clock& clock,
        TaskGroup& tasks,
        std::chrono::seconds grace,
        std::uint64_t seed);

    /// Spawns the loops; call after the informers are synced.
    void start();

private:
    void node_changed(const std::string& name, const NodePtr& before, const NodePtr& after);
    void heard(const std::string& name, HeartbeatTracker::Source source, const std::string& sign);
    void lease_seen(const Json& lease);
    void contact_changed(const Error* lost);

    Awaitable<> watch_deadlines();
    Awaitable<Result<void>> reconcile(std::string name);
    Awaitable<Result<bool>> confirmed_silent(std::string name);
    Awaitable<Result<void>> mark_silent(NodePtr node);
    Awaitable<Result<void>> take_readiness_from_pods(std::string node);
    Awaitable<Result<void>> update_taints(NodePtr node);
    Awaitable<Result<void>> mark_pod_not_ready(PodPtr pod);
    Awaitable<Result<void>> remove_lease(std::string name);

    client::ApiClient& api_;
    SharedInformers& informers_;
    const Clock& clock_;
    TaskGroup& tasks_;
    client::EventRecorder events_;
    HeartbeatTracker heartbeats_;
    client::Reflector leases_;
    Notification deadline_changed_;
    ReconcileLoop loop_;
    std::set<std::string> lost_readiness_;  // nodes whose pods are still to be told
    std::set<std::string> removed_;         // nodes whose Lease is still to be removed
    bool in_contact_ = false;
    bool started_ = false;
};

}  // namespace picket::controller
