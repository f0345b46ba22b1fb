#include "nodeagent/static_pods/mirror_pods.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"
#include "common/client/informer.hpp"
#include "nodeagent/static_pods/static_pod.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kFirstMirrorRetry = 500ms;
constexpr std::chrono::milliseconds kLongestMirrorRetry = 30s;

std::string annotation_text(const Json& object, const char* key) {
    const auto& metadata = json_read::member(object, "metadata");
    return json_read::text(json_read::member(metadata, "annotations"), key);
}

client::Target mirror_target(const std::string& key) {
    const auto slash = key.find('/');
    return {"v1", "pods", key.substr(0, slash), key.substr(slash + 1)};
}

}  // namespace

MirrorPods::MirrorPods(boost::asio::any_io_executor executor, client::ApiClient& api)
    : api_(api), changed_(std::move(executor)) {}

void MirrorPods::set_static_pods(const std::vector<Json>& pods) {
    static_pods_.clear();
    for (const auto& pod : pods) static_pods_[client::object_key(pod)] = pod;
    changed_.notify();
}

void MirrorPods::see(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    seen_[client::object_key(object)] = {
        json_read::text(metadata, "uid"),
        annotation_text(object, kConfigMirrorAnnotation),
        json_read::has(metadata, "deletionTimestamp")};
}

void MirrorPods::replace(const std::vector<Json>& objects) {
    seen_.clear();
    for (const auto& object : objects) see(object);
    listed_ = true;
    changed_.notify();
}

void MirrorPods::set(const Json& object) {
    see(object);
    changed_.notify();
}

void MirrorPods::remove(const Json& object) {
    seen_.erase(client::object_key(object));
    changed_.notify();
}

std::optional<Pod> MirrorPods::mirror_of(const Pod& static_pod) const {
    const auto found = seen_.find(static_pod.key());
    if (found == seen_.end() || found->second.hash != static_pod.uid) return std::nullopt;
    Pod mirror = static_pod;
    mirror.uid = found->second.uid;
    return mirror;
}

std::string MirrorPods::static_uid(const std::string& mirror_uid) const {
    for (const auto& [key, mirror] : seen_) {
        if (mirror.uid == mirror_uid) return mirror.hash;
    }
    return {};
}

Awaitable<> MirrorPods::run() {
    auto retry = kFirstMirrorRetry;
    while (true) {
        if (auto done = co_await reconcile(); done) {
            retry = kFirstMirrorRetry;
            co_await changed_.wait();
            continue;
        } else {
            logger("static")->warn("mirror pods are not up to date why={}", done.error().message);
        }
        co_await changed_.wait_for(retry);
        retry = std::min(retry * 2, kLongestMirrorRetry);
    }
}

Awaitable<Result<void>> MirrorPods::reconcile() {
    if (!listed_) co_return Ok();
    std::map<std::string, std::string> wanted;
    for (const auto& [key, pod] : static_pods_)
        wanted[key] = annotation_text(pod, kConfigHashAnnotation);
    const auto plan = plan_mirrors(wanted, seen_);
    for (const auto& key : plan.remove) {
        if (auto removed = co_await remove_mirror(key); !removed) co_return removed;
    }
    for (const auto& key : plan.create) {
        if (auto created = co_await create_mirror(key); !created) co_return created;
    }
    co_return Ok();
}

Awaitable<Result<void>> MirrorPods::create_mirror(std::string key) {
    const auto pod = static_pods_.find(key);
    if (pod == static_pods_.end()) co_return Ok();
    auto target = mirror_target(key);
    target.name.clear();
    auto created = co_await api_.create(std::move(target), make_mirror(pod->second));
    if (created) see(*created);
    // One that is there already will be seen by the watch.
    if (!created && created.error().reason != Reason::AlreadyExists) co_return created.error();
    co_return Ok();
}

Awaitable<Result<void>> MirrorPods::remove_mirror(std::string key) {
    const auto mirror = seen_.find(key);
    if (mirror == seen_.end()) co_return Ok();
    Json options = {
        {"apiVersion", "v1"},
        {"kind", "DeleteOptions"},
        {"gracePeriodSeconds", 0},
        {"preconditions", {{"uid", mirror->second.uid}}}};
    auto removed = co_await api_.remove(mirror_target(key), std::move(options));
    if (!removed && removed.error().reason != Reason::NotFound &&
        removed.error().reason != Reason::Conflict)
        co_return removed.error();
    co_return Ok();
}

}  // namespace picket::nodeagent
