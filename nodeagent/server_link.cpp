#include "nodeagent/server_link.hpp"

#include "common/api/json_read.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "nodeagent/node/registration.hpp"
#include "nodeagent/static_pods/static_pod.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kFirstRetry = 500ms;
constexpr std::chrono::milliseconds kLongestRetry = 10s;

client::ObjectReference reference_to(const Pod& pod, const Container* container, bool init) {
    client::ObjectReference reference{"v1", "Pod", pod.namespace_name, pod.name, pod.uid};
    if (container != nullptr) {
        reference.field_path =
            fmt::format("spec.{}{{{}}}", init ? "initContainers" : "containers", container->name);
    }
    return reference;
}

client::ObjectReference reference_to(const Pod& pod, const std::string& container) {
    const auto* found = pod.find_container(container);
    const auto& inits = pod.spec.init_containers;
    const bool init = std::any_of(
        inits.begin(), inits.end(), [&](const Container& c) { return c.name == container; });
    return reference_to(pod, found, init);
}

}  // namespace

ServerLink::ServerLink(
    boost::asio::any_io_executor executor, Options options, Runtime& runtime, const Clock& clock)
    : executor_(executor),
      options_(std::move(options)),
      runtime_(runtime),
      clock_(clock),
      api_(executor, options_.api),
      keeper_(executor, api_, runtime, clock, options_.node),
      statuses_(executor, api_),
      mirrors_(executor, api_),
      events_(api_, clock, "picket-agent", options_.node.name),
      unauthorized_(executor),
      tasks_(executor) {
    keeper_.on_unauthorized = [this] { unauthorized_.notify(); };
    keeper_.on_contact_restored = [this] {
        // A server that was only slow is not burdened with dialling and asking for everything anew.
        if (!tunnel_->overdue()) return;
        tunnel_->redial();
        pod_watch_->redial();
        node_watch_->redial();
    };
}

void ServerLink::start(PodManager& pods, ApiObjects& objects) {
    pods_ = &pods;
    objects_ = &objects;
    make_watches();
    tunnel_ = std::make_unique<TunnelClient>(
        executor_, api_, runtime_, pods, clock_, options_.node.name, options_.seed);
    api_.set_watch_opener(
        [this](std::string target) { return tunnel_->watches().open(std::move(target)); });
    tasks_.spawn("server link", connect());
}

Awaitable<> ServerLink::stop() {
    co_await tasks_.stop();
    if (tunnel_) co_await tunnel_->stop();
}

Awaitable<> ServerLink::connect() {
    if (options_.credential.token.empty()) co_await obtain_credential();
    tasks_.spawn("node", keeper_.keep_node());
    tasks_.spawn("lease", keeper_.renew_lease());
    tasks_.spawn("node watch", node_watch_->run());
    tasks_.spawn("pod watch", pod_watch_->run());
    tasks_.spawn("statuses", statuses_.run());
    tasks_.spawn("events", events_.run());
    tasks_.spawn("tunnel", tunnel_->run());
    tasks_.spawn("mirror pods", mirrors_.run());
    co_await renew_credential();
}

Awaitable<> ServerLink::obtain_credential() {
    auto retry = kFirstRetry;
    std::string told;
    while (true) {
        auto credential = co_await register_node(api_, options_.join_token, options_.credential);
        Result<void> saved =
            credential ? save_credential(options_.data_dir, *credential) : credential.error();
        if (saved) {
            options_.credential = std::move(*credential);
            co_return;
        }
        if (saved.error().message != told) {
            told = saved.error().message;
            logger("agent")->error(
                "cannot register this node node={} why={}", options_.node.name, told);
        }
        co_await sleep_for(retry);
        retry = std::min(retry * 2, kLongestRetry);
    }
}

// The server may have lost this node's credential, or another agent may have taken the name: the
// join token decides.
Awaitable<> ServerLink::renew_credential() {
    while (true) {
        co_await unauthorized_.wait();
        if (options_.join_token.empty()) {
            logger("agent")->error(
                "the server does not accept this node's credential, and there is no join token");
            co_await sleep_for(kLongestRetry);
            continue;
        }
        logger("agent")->warn(
            "the server does not accept this node's credential, registering again");
        co_await obtain_credential();
    }
}

void ServerLink::make_watches() {
    const client::Query own_pods = {{"fieldSelector", "spec.nodeName=" + options_.node.name}};
    const client::Query own_node = {{"fieldSelector", "metadata.name=" + options_.node.name}};
    pod_watch_ = std::make_unique<client::Reflector>(
        api_,
        client::Target{"v1", "pods"},
        own_pods,
        client::Reflector::Callbacks{
            [this](std::vector<Json> objects) { pods_listed(std::move(objects)); },
            [this](client::WatchLine line) { pod_changed(std::move(line)); },
            [this](const Error* lost) { contact_changed(lost); }},
        options_.seed);
    node_watch_ = std::make_unique<client::Reflector>(
        api_,
        client::Target{"v1", "nodes"},
        own_node,
        client::Reflector::Callbacks{
            [this](std::vector<Json> objects) {
                keeper_.seen(objects.empty() ? nullptr : &objects.front());
            },
            [this](client::WatchLine line) {
                if (line.type == client::WatchLine::Type::Bookmark) return;
                keeper_.seen(
                    line.type == client::WatchLine::Type::Deleted ? nullptr : &line.object);
            },
            {}},
        options_.seed + 1);
}

void ServerLink::pods_listed(std::vector<Json> objects) {
    contact_changed(nullptr);
    std::vector<Json> mirrors;
    std::vector<Json> pods;
    for (auto& object : objects) (is_mirror(object) ? mirrors : pods).push_back(std::move(object));
    mirrors_.replace(mirrors);
    for (const auto& mirror : mirrors) show_static(mirror);
    pods_->replace_pods(pods);
    for (const auto& pod : pods) statuses_.seen(parse_pod(pod));
}

void ServerLink::pod_changed(client::WatchLine line) {
    if (line.type == client::WatchLine::Type::Bookmark) return;
    const bool deleted = line.type == client::WatchLine::Type::Deleted;
    if (is_mirror(line.object)) {
        deleted ? mirrors_.remove(line.object) : mirrors_.set(line.object);
        if (!deleted) show_static(line.object);
    } else if (deleted) {
        pods_->remove_pod(line.object);
    } else {
        pods_->set_pod(line.object);
        statuses_.seen(parse_pod(line.object));
    }
}

/// A mirror that was made anew gets the status that its static pod has.
void ServerLink::show_static(const Json& mirror) {
    const auto seen = parse_pod(mirror);
    statuses_.seen(seen);
    const auto uid = mirrors_.static_uid(seen.uid);
    if (!uid.empty()) pods_->set_alias(uid, seen.uid);
    const auto status = static_statuses_.find(uid);
    if (status == static_statuses_.end()) return;
    if (json_read::text(*seen.status, "phase") != json_read::text(status->second, "phase"))
        statuses_.report(seen, status->second);
}

void ServerLink::contact_changed(const Error* lost) {
    if (objects_ != nullptr) objects_->set_contact(lost == nullptr);
    if (lost != nullptr)
        logger("agent")->warn("contact with the server lost why={}", lost->message);
}

void ServerLink::report(const Pod& pod, Json status) {
    if (pods_ == nullptr) return;
    if (pods_->is_static(pod.uid)) {
        static_statuses_[pod.uid] = status;
        if (const auto mirror = mirrors_.mirror_of(pod))
            statuses_.report(*mirror, std::move(status));
    } else if (pods_->in_api(pod.uid)) {
        statuses_.report(pod, std::move(status));
    }
}

void ServerLink::normal(
    const Pod& pod, const std::string& container, std::string reason, std::string message) {
    events_.normal(reference_to(pod, container), std::move(reason), std::move(message));
}

void ServerLink::warning(
    const Pod& pod, const std::string& container, std::string reason, std::string message) {
    events_.warning(reference_to(pod, container), std::move(reason), std::move(message));
}

}  // namespace picket::nodeagent
