#include "nodeagent/node/node_keeper.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr Duration kLongestSilence = 5min;
constexpr std::chrono::milliseconds kLookAround = 10s;
constexpr std::chrono::milliseconds kRetry = 1s;
constexpr std::string_view kLeaseNamespace = "kube-node-lease";
constexpr std::int64_t kLeastLeaseSeconds = 10;

client::Target node_target(const std::string& name, std::string subresource = {}) {
    return {"v1", "nodes", {}, name, std::move(subresource)};
}

client::Target lease_target(const std::string& name) {
    return {"coordination.k8s.io/v1", "leases", std::string(kLeaseNamespace), name};
}

Json lease_spec(const std::string& holder, std::chrono::milliseconds heartbeat, TimePoint now) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(heartbeat * 3).count();
    return {
        {"holderIdentity", holder},
        {"leaseDurationSeconds", std::max<std::int64_t>(kLeastLeaseSeconds, seconds)},
        {"renewTime", format_micro_time(now)}};
}

}  // namespace

NodeKeeper::NodeKeeper(
    boost::asio::any_io_executor executor,
    client::ApiClient& api,
    Runtime& runtime,
    const Clock& clock,
    Identity identity)
    : api_(api),
      runtime_(runtime),
      clock_(clock),
      identity_(std::move(identity)),
      changed_(executor) {}

void NodeKeeper::set_runtime_health(const Error* trouble) {
    auto text = trouble != nullptr ? trouble->message : std::string();
    if (text == runtime_trouble_) return;
    runtime_trouble_ = std::move(text);
    if (runtime_trouble_->empty()) {
        logger("node")->info("container engine answers");
    } else {
        logger("node")->error("container engine is away why={}", *runtime_trouble_);
    }
    changed_.notify();
}

void NodeKeeper::set_ip(const std::string& ip) {
    identity_.ip = ip;
    changed_.notify();
}

void NodeKeeper::seen(const Json* node) {
    seen_ = node != nullptr ? *node : Json();
    asked_ = true;
    changed_.notify();
}

Awaitable<> NodeKeeper::keep_node() {
    while (true) {
        auto updated = co_await update_node();
        note(updated, "node");
        co_await changed_.wait_for(updated ? kLookAround : kRetry);
    }
}

Awaitable<Result<void>> NodeKeeper::update_node() {
    host_ = identity_.host_facts();
    if (!asked_) {
        auto node = co_await api_.get(node_target(identity_.name));
        if (!node && node.error().reason != Reason::NotFound) co_return node.error();
        seen(node ? &*node : nullptr);
    }
    if (seen_.is_null()) {
        if (auto created = co_await create_node(); !created) co_return created;
    }
    if (auto labelled = co_await update_labels(); !labelled) co_return labelled;
    // The engine takes its time to answer this, and daemons may come to the new node meanwhile.
    if (runtime_info_.version.empty()) {
        if (auto info = co_await runtime_.info()) runtime_info_ = std::move(*info);
    }
    co_return co_await update_status();
}

NodeSnapshot NodeKeeper::snapshot() const {
    return {
        .name = identity_.name,
        .ip = identity_.ip,
        .extra_labels = identity_.labels,
        .host = host_,
        .runtime = runtime_info_,
        .runtime_trouble = runtime_trouble_.value_or(std::string())};
}

Awaitable<Result<void>> NodeKeeper::create_node() {
    auto created = co_await api_.create({"v1", "nodes"}, build_node(snapshot()));
    if (!created) {
        // Somebody was quicker, or the watch is behind: look again.
        if (created.error().reason == Reason::AlreadyExists) asked_ = false;
        co_return created.error();
    }
    logger("node")->info("registered node={}", identity_.name);
    seen_ = std::move(*created);
    sent_status_ = nullptr;
    co_return Ok();
}

// Labels that others gave the node stay; only the agent's own are corrected.
Awaitable<Result<void>> NodeKeeper::update_labels() {
    const auto present = json_read::string_map(json_read::member(seen_, "metadata"), "labels");
    Json missing = Json::object();
    for (const auto& [key, value] : standard_labels(snapshot())) {
        const auto found = present.find(key);
        if (found == present.end() || found->second != value) missing[key] = value;
    }
    if (missing.empty()) co_return Ok();
    Json patch = {{"metadata", {{"labels", std::move(missing)}}}};
    auto patched = co_await api_.patch(
        node_target(identity_.name), client::PatchType::Merge, std::move(patch));
    if (!patched) co_return patched.error();
    seen_ = std::move(*patched);
    co_return Ok();
}

bool NodeKeeper::status_due(const Json& status) const {
    if (sent_status_.is_null() || status_differs(status, sent_status_)) return true;
    if (clock_.now() - sent_at_ >= kLongestSilence) return true;
    // The controller marks a silent node; its word is taken back as soon as it is seen.
    const Json marked = {
        {"conditions", json_read::member(json_read::member(seen_, "status"), "conditions")}};
    const Json own = {{"conditions", json_read::member(status, "conditions")}};
    return status_differs(marked, own);
}

Awaitable<Result<void>> NodeKeeper::update_status() {
    // The watcher says how the engine is within a moment; until then nothing is claimed.
    if (!runtime_trouble_) co_return Ok();
    auto status = build_node_status(snapshot(), json_read::member(seen_, "status"), clock_.now());
    if (!status_due(status)) co_return Ok();
    auto patched = co_await api_.patch(
        node_target(identity_.name, "status"), client::PatchType::Merge, Json{{"status", status}});
    if (!patched) {
        if (patched.error().reason == Reason::NotFound) seen_ = nullptr;
        co_return patched.error();
    }
    seen_ = std::move(*patched);
    sent_status_ = std::move(status);
    sent_at_ = clock_.now();
    co_return Ok();
}

Awaitable<> NodeKeeper::renew_lease() {
    while (true) {
        const auto began = LoopClock::now();
        auto renewed = co_await renew_once();
        judge_contact(renewed, LoopClock::now() - began);
        if (!renewed && renewed.error().reason == Reason::Unauthorized && on_unauthorized)
            on_unauthorized();
        co_await sleep_for(renewed ? identity_.heartbeat : std::min(identity_.heartbeat, kRetry));
    }
}

// A renewal that was under way while the cable was out succeeds late, without an error.
void NodeKeeper::judge_contact(
    const Result<void>& renewed, std::chrono::steady_clock::duration took) {
    contact_broken_ = contact_broken_ || !renewed || took > identity_.heartbeat;
    if (!renewed || !contact_broken_) return;
    contact_broken_ = false;
    if (on_contact_restored) on_contact_restored();
}

Awaitable<Result<void>> NodeKeeper::renew_once() {
    auto spec = lease_spec(identity_.name, identity_.heartbeat, clock_.now());
    auto patched = co_await api_.patch(
        lease_target(identity_.name), client::PatchType::Merge, Json{{"spec", spec}});
    if (patched) co_return Ok();
    if (patched.error().reason != Reason::NotFound) co_return patched.error();
    Json lease = {
        {"apiVersion", "coordination.k8s.io/v1"},
        {"kind", "Lease"},
        {"metadata", {{"name", identity_.name}, {"namespace", kLeaseNamespace}}},
        {"spec", std::move(spec)}};
    auto created = co_await api_.create(
        {"coordination.k8s.io/v1", "leases", std::string(kLeaseNamespace)}, std::move(lease));
    if (!created) co_return created.error();
    co_return Ok();
}

// Each trouble is logged once, and its end.
void NodeKeeper::note(const Result<void>& result, std::string_view what) {
    const auto trouble = result ? std::string() : result.error().message;
    if (trouble == last_trouble_) return;
    last_trouble_ = trouble;
    if (trouble.empty()) {
        logger("node")->info("{} is up to date in the API", what);
    } else {
        logger("node")->warn("cannot update the {} why={}", what, trouble);
    }
}

}  // namespace picket::nodeagent
