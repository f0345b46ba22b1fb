#include "nodeagent/pod/status_reporter.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kFirstStatusRetry = 200ms;
constexpr std::chrono::milliseconds kLongestStatusRetry = 5s;

/// picket's resourceVersion is one growing counter.
std::uint64_t version_number(const std::string& text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string condition_status(const Json& status, std::string_view type) {
    for (const auto& condition : json_read::member(status, "conditions")) {
        if (json_read::text(condition, "type") == type) return json_read::text(condition, "status");
    }
    return {};
}

bool says_the_same(const Json& a, const Json& b) {
    return json_read::text(a, "phase") == json_read::text(b, "phase") &&
           condition_status(a, "Ready") == condition_status(b, "Ready");
}

/// The object is gone, or a new one bears its name: nobody waits for this report.
bool pointless(const Error& error) {
    return error.reason == Reason::NotFound || error.reason == Reason::Conflict ||
           error.reason == Reason::Invalid || error.reason == Reason::Forbidden;
}

client::Target pod_target(
    const std::string& namespace_name, const std::string& name, std::string subresource) {
    return {"v1", "pods", namespace_name, name, std::move(subresource)};
}

}  // namespace

StatusReporter::StatusReporter(boost::asio::any_io_executor executor, client::ApiClient& api)
    : api_(api), changed_(executor) {}

void StatusReporter::report(const Pod& pod, Json status) {
    const auto sent = sent_.find(pod.uid);
    const auto waiting = waiting_.find(pod.uid);
    if (waiting != waiting_.end() && waiting->second.deletion) return;
    if (waiting == waiting_.end() && sent != sent_.end() && sent->second.status == status) return;
    waiting_[pod.uid] = {pod.namespace_name, pod.name, std::move(status)};
    changed_.notify();
}

void StatusReporter::departed(const Pod& pod) {
    auto& report = waiting_[pod.uid];
    report = {pod.namespace_name, pod.name, std::move(report.status), true};
    changed_.notify();
}

void StatusReporter::seen(const Pod& pod) {
    if (pod.uid == sending_) {
        // Perhaps our own write, whose answer is still under way: judged once that is here.
        seen_meanwhile_ = std::make_unique<Pod>(pod);
        return;
    }
    const auto sent = sent_.find(pod.uid);
    if (sent == sent_.end() || waiting_.contains(pod.uid)) return;
    if (version_number(pod.resource_version) <= sent->second.version) return;
    if (says_the_same(*pod.status, sent->second.status)) return;
    auto status = std::move(sent->second.status);
    sent_.erase(sent);
    report(pod, std::move(status));
}

Awaitable<> StatusReporter::run() {
    auto retry = kFirstStatusRetry;
    while (true) {
        if (waiting_.empty()) {
            co_await changed_.wait();
            continue;
        }
        auto node = waiting_.extract(waiting_.begin());
        const auto uid = node.key();
        const auto report = std::move(node.mapped());
        sending_ = uid;
        auto done = co_await send(uid, report);
        sending_.clear();
        if (const auto pod = std::move(seen_meanwhile_)) seen(*pod);
        if (done) {
            retry = kFirstStatusRetry;
            continue;
        }
        waiting_.try_emplace(uid, report);  // unless a newer one came meanwhile
        co_await sleep_for(retry);
        retry = std::min(retry * 2, kLongestStatusRetry);
    }
}

Awaitable<Result<void>> StatusReporter::send(std::string uid, Report report) {
    Result<Json> answer = Json();
    if (!report.status.is_null()) answer = co_await send_status(uid, report);
    if (report.deletion && (answer || pointless(answer.error())))
        answer = co_await send_deletion(uid, report);
    if (!answer && !pointless(answer.error())) co_return answer.error();
    if (!answer) {
        logger("status")->debug("not taken pod={} why={}", report.name, answer.error().message);
    }
    if (report.deletion || !answer) {
        sent_.erase(uid);
        co_return Ok();
    }
    const auto version = json_read::text(json_read::member(*answer, "metadata"), "resourceVersion");
    sent_[uid] = {std::move(report.status), version_number(version)};
    co_return Ok();
}

// A merge patch replaces lists whole; the uid keeps it from a newer pod of the same name.
Awaitable<Result<Json>> StatusReporter::send_status(const std::string& uid, const Report& report) {
    Json status = report.status;
    for (const auto* field : {"podIP", "podIPs", "reason", "message"}) {
        if (!status.contains(field)) status[field] = nullptr;
    }
    Json patch = {{"metadata", {{"uid", uid}}}, {"status", std::move(status)}};
    co_return co_await api_.patch(
        pod_target(report.namespace_name, report.name, "status"),
        client::PatchType::Merge,
        std::move(patch));
}

Awaitable<Result<Json>> StatusReporter::send_deletion(
    const std::string& uid, const Report& report) {
    Json options = {
        {"apiVersion", "v1"},
        {"kind", "DeleteOptions"},
        {"gracePeriodSeconds", 0},
        {"preconditions", {{"uid", uid}}}};
    co_return co_await api_.remove(
        pod_target(report.namespace_name, report.name, {}), std::move(options));
}

}  // namespace picket::nodeagent
