#include "controller/node_lifecycle/node_lifecycle_controller.hpp"

#include "common/api/json_read.hpp"
#include "controller/api_requests.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

constexpr std::size_t kNodeWorkers = 8;
constexpr const char* kLeaseNamespace = "kube-node-lease";
/// Deadlines that come closer together than this are looked at together.
constexpr std::chrono::milliseconds kShortestWait{100};

client::Target lease_target(std::string name = {}) {
    return {
        .group_version = "coordination.k8s.io/v1",
        .plural = "leases",
        .namespace_name = kLeaseNamespace,
        .name = std::move(name)};
}

std::string renewal_of(const Json& lease) {
    return json_read::text(json_read::member(lease, "spec"), "renewTime");
}

/// The agent's own posts of the node's status are signs of life too.
std::string posted_heartbeat(const Node& node) {
    const auto* ready = node.condition("Ready");
    return ready != nullptr && ready->heartbeat ? format_time(*ready->heartbeat) : std::string{};
}

bool is_ready_node(const NodePtr& node) {
    return node && node->condition_status("Ready") == ConditionStatus::True;
}

bool lost_readiness(const NodePtr& before, const NodePtr& after) {
    return is_ready_node(before) && !is_ready_node(after);
}

client::ObjectReference reference_to(const Node& node) {
    client::ObjectReference reference;
    reference.api_version = "v1";
    reference.kind = "Node";
    reference.name = node.meta.name;
    reference.uid = node.meta.uid;
    return reference;
}

}  // namespace

NodeLifecycleController::NodeLifecycleController(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    SharedInformers& informers,
    const Clock& clock,
    TaskGroup& tasks,
    std::chrono::seconds grace,
    std::uint64_t seed)
    : api_(api),
      informers_(informers),
      clock_(clock),
      tasks_(tasks),
      events_(api, clock, "node-controller"),
      heartbeats_(grace),
      leases_(
          api,
          lease_target(),
          {},
          {[this](std::vector<Json> leases) {
               for (const auto& lease : leases) lease_seen(lease);
           },
           [this](client::WatchLine line) { lease_seen(line.object); },
           [this](const Error* lost) { contact_changed(lost); }},
          seed),
      deadline_changed_(executor),
      loop_(executor, "node-lifecycle", [this](std::string name) {
          return reconcile(std::move(name));
      }) {
    informers_.nodes.on_change(
        [this](const std::string& name, const NodePtr& before, const NodePtr& after) {
            node_changed(name, before, after);
        });
}

void NodeLifecycleController::start() {
    started_ = true;
    tasks_.spawn("node events", events_.run());
    tasks_.spawn("informer leases", leases_.run());
    tasks_.spawn("node deadlines", watch_deadlines());
    loop_.start(tasks_, kNodeWorkers);
}

void NodeLifecycleController::node_changed(
    const std::string& name, const NodePtr& before, const NodePtr& after) {
    loop_.queue().add(name);
    if (!after) {
        heartbeats_.remove(name);
        removed_.insert(name);
        lost_readiness_.erase(name);
        events_.normal(reference_to(*before), "RemovingNode", "Node " + name + " was deleted");
        return;
    }
    if (lost_readiness(before, after)) {
        lost_readiness_.insert(name);
        events_.normal(
            reference_to(*after), "NodeNotReady", "Node " + name + " is not ready any more");
    }
    if (before && lost_readiness(after, before))
        events_.normal(reference_to(*after), "NodeReady", "Node " + name + " is ready again");
    if (!before && started_)
        events_.normal(reference_to(*after), "RegisteredNode", "Node " + name + " has joined");
    heartbeats_.add(name, after->condition("Ready") != nullptr, clock_.now());
    if (!before) deadline_changed_.notify();
    const auto posted = posted_heartbeat(*after);
    if (before && posted != posted_heartbeat(*before))
        heard(name, HeartbeatTracker::Source::Status, posted);
}

void NodeLifecycleController::heard(
    const std::string& name, HeartbeatTracker::Source source, const std::string& sign) {
    if (heartbeats_.heard(name, source, sign, clock_.now())) deadline_changed_.notify();
}

void NodeLifecycleController::lease_seen(const Json& lease) {
    heard(
        PartialObject::parse(lease).meta.name, HeartbeatTracker::Source::Lease, renewal_of(lease));
}

void NodeLifecycleController::contact_changed(const Error* lost) {
    in_contact_ = lost == nullptr;
    if (in_contact_) heartbeats_.excuse_all(clock_.now());
    deadline_changed_.notify();
}

/// Sleeps until the next node could fall silent. Most heartbeats only move deadlines away; what
/// brings one nearer notifies.
Awaitable<> NodeLifecycleController::watch_deadlines() {
    for (;;) {
        const auto next = heartbeats_.next_deadline();
        if (!next || !in_contact_) {
            co_await deadline_changed_.wait();
            continue;
        }
        const auto wait = std::max<Duration>(*next - clock_.now(), kShortestWait);
        if (co_await deadline_changed_.wait_for(wait)) continue;
        if (!in_contact_) continue;  // nobody can be heard: no verdict
        for (auto& name : heartbeats_.take_newly_silent(clock_.now()))
            loop_.queue().add(std::move(name));
    }
}

Awaitable<Result<void>> NodeLifecycleController::reconcile(std::string name) {
    auto node = informers_.nodes.find(name);
    if (!node) co_return co_await remove_lease(name);
    const auto silent = co_await confirmed_silent(name);
    if (!silent) co_return silent.error();
    if (*silent) {
        const auto marked = co_await mark_silent(node);
        if (!marked) co_return marked.error();
    }
    if (*silent || lost_readiness_.contains(name)) {
        const auto told = co_await take_readiness_from_pods(name);
        if (!told) co_return told.error();
        lost_readiness_.erase(name);
    }
    node = informers_.nodes.find(name);
    if (!node) co_return Ok();
    co_return co_await update_taints(node);
}

/// The server has the last word: what looks like silence may be a watch that lags behind. No
/// answer, no verdict.
Awaitable<Result<bool>> NodeLifecycleController::confirmed_silent(std::string name) {
    if (!in_contact_ || !heartbeats_.silent(name, clock_.now())) co_return false;
    const auto lease = co_await api_.get(lease_target(name));
    if (!lease && lease.error().reason != Reason::NotFound) co_return lease.error();
    if (lease) lease_seen(*lease);
    co_return heartbeats_.silent(name, clock_.now());
}

Awaitable<Result<void>> NodeLifecycleController::mark_silent(NodePtr node) {
    auto patch = plan_silent_conditions(*node, clock_.now());
    if (!patch) co_return Ok();
    const auto answer = co_await api_.patch(
        target_of("v1", "nodes", node->meta, "status"),
        client::PatchType::StrategicMerge,
        *std::move(patch));
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

Awaitable<Result<void>> NodeLifecycleController::take_readiness_from_pods(std::string node) {
    std::vector<Awaitable<Result<void>>> requests;
    for (const auto& [key, pod] : informers_.pod_index.on_node(node)) {
        if (pod->ready) requests.push_back(mark_pod_not_ready(pod));
    }
    co_return co_await run_together(tasks_, std::move(requests));
}

Awaitable<Result<void>> NodeLifecycleController::mark_pod_not_ready(PodPtr pod) {
    const auto answer = co_await api_.patch(
        target_of("v1", "pods", pod->meta, "status"),
        client::PatchType::StrategicMerge,
        pod_not_ready_patch(pod->meta.uid, clock_.now()));
    if (!answer && !already_gone(answer.error())) co_return answer.error();
    co_return Ok();
}

/// The list is replaced as a whole, so the version it was planned from is a precondition: nobody's
/// taint gets lost.
Awaitable<Result<void>> NodeLifecycleController::update_taints(NodePtr node) {
    const auto taints = plan_taints(*node, clock_.now());
    if (!taints) co_return Ok();
    auto list = Json::array();
    for (const auto& taint : *taints) list.push_back(to_json(taint));
    Json patch{
        {"metadata", {{"resourceVersion", node->meta.resource_version}}},
        {"spec", {{"taints", std::move(list)}}}};
    const auto answer = co_await api_.patch(
        target_of("v1", "nodes", node->meta), client::PatchType::Merge, std::move(patch));
    if (!answer && answer.error().reason != Reason::NotFound) co_return answer.error();
    co_return Ok();
}

Awaitable<Result<void>> NodeLifecycleController::remove_lease(std::string name) {
    if (removed_.erase(name) == 0) co_return Ok();
    const auto answer = co_await api_.remove(lease_target(name), nullptr);
    if (!answer && !already_gone(answer.error())) {
        removed_.insert(name);
        co_return answer.error();
    }
    co_return Ok();
}

}  // namespace picket::controller
