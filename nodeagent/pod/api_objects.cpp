#include "nodeagent/pod/api_objects.hpp"

#include "common/api/json_read.hpp"
#include "common/base/log.hpp"

#include <spdlog/spdlog.h>

namespace picket::nodeagent {

Awaitable<Result<ReferencedObjects>> ApiObjects::fetch(std::shared_ptr<const Pod> pod) {
    const auto names = referenced_names(*pod);
    if (names.config_maps.empty() && names.secrets.empty() && wanted_tokens(*pod).empty()) {
        co_return ReferencedObjects();
    }
    if (api_ == nullptr || !contact_) co_return checkpoint_.load_objects(pod->uid);
    auto objects = co_await fetch_from_api(pod);
    if (objects) {
        auto saved = checkpoint_.save_objects(pod->uid, *objects);
        if (!saved)
            logger("pods")->error(
                "local copy not written pod={} why={}", pod->key(), saved.error().message);
        co_return objects;
    }
    if (objects.error().reason == Reason::Forbidden) co_return objects.error();
    co_return checkpoint_.load_objects(pod->uid);
}

Awaitable<Result<ReferencedObjects>> ApiObjects::fetch_from_api(std::shared_ptr<const Pod> pod) {
    const auto names = referenced_names(*pod);
    ReferencedObjects objects;
    for (const auto& name : names.config_maps) {
        if (auto got = co_await fetch_one(pod, false, name, objects); !got) co_return got.error();
    }
    for (const auto& name : names.secrets) {
        if (auto got = co_await fetch_one(pod, true, name, objects); !got) co_return got.error();
    }
    if (auto got = co_await fetch_tokens(pod, objects); !got) co_return got.error();
    co_return objects;
}

/// A token that is still good is better than none: it is renewed at the next try.
Awaitable<Result<void>> ApiObjects::fetch_tokens(
    std::shared_ptr<const Pod> pod, ReferencedObjects& objects) {
    const auto wishes = wanted_tokens(*pod);
    if (wishes.empty()) co_return Ok();
    if (!tokens_.contains(pod->uid)) {
        tokens_[pod->uid] = checkpoint_.load_objects(pod->uid).tokens;
    }
    for (const auto& wish : wishes) {
        auto& known = tokens_[pod->uid];
        if (const auto found = known.find(wish);
            found == known.end() || clock_.now() >= found->second.renew_at) {
            auto token = co_await request_token(pod, wish);
            if (token) {
                tokens_[pod->uid][wish] = std::move(*token);
            } else if (!tokens_[pod->uid].contains(wish)) {
                co_return token.error();
            } else {
                logger("pods")->warn(
                    "token not renewed pod={} why={}", pod->key(), token.error().message);
            }
        }
        objects.tokens[wish] = tokens_[pod->uid][wish];
    }
    co_return Ok();
}

Awaitable<Result<ServiceToken>> ApiObjects::request_token(
    std::shared_ptr<const Pod> pod, TokenWish wish) {
    Json spec = {
        {"expirationSeconds", wish.seconds},
        {"boundObjectRef",
         {{"kind", "Pod"}, {"apiVersion", "v1"}, {"name", pod->name}, {"uid", pod->uid}}}};
    if (!wish.audience.empty()) spec["audiences"] = {wish.audience};
    client::Target target{
        "v1", "serviceaccounts", pod->namespace_name, pod->spec.service_account, "token"};
    Json request = {{"spec", std::move(spec)}};
    const auto answer = co_await api_->create(std::move(target), std::move(request));
    if (!answer) co_return answer.error();
    // Its length, not its end: this host's clock may be another one than the server's.
    const std::chrono::seconds life{
        json_read::integer(json_read::member(*answer, "spec"), "expirationSeconds")};
    auto text = json_read::text(json_read::member(*answer, "status"), "token");
    if (text.empty() || life <= std::chrono::seconds{0}) {
        co_return Error{.reason = Reason::InternalError, .message = "the server sent no token"};
    }
    co_return make_service_token(std::move(text), clock_.now(), life);
}

Awaitable<Result<void>> ApiObjects::fetch_one(
    std::shared_ptr<const Pod> pod, bool secret, std::string name, ReferencedObjects& objects) {
    auto object =
        co_await api_->get({"v1", secret ? "secrets" : "configmaps", pod->namespace_name, name});
    const bool there = object.has_value();
    if (there || object.error().reason == Reason::NotFound) {
        auto version =
            there ? json_read::text(json_read::member(*object, "metadata"), "resourceVersion")
                  : std::string();
        watches_->fetched({secret, pod->namespace_name, name}, std::move(version));
    }
    if (object) {
        (secret ? objects.secrets : objects.config_maps)[name] = parse_object_data(*object, secret);
    } else if (object.error().reason != Reason::NotFound) {
        co_return object.error();
    }
    co_return Ok();
}

void ApiObjects::follow(const Pod& pod, ReferencedNames names, std::function<void()> on_change) {
    if (watches_) watches_->follow(pod.uid, pod.namespace_name, names, std::move(on_change));
}

void ApiObjects::unfollow(const std::string& uid) {
    if (watches_) watches_->unfollow(uid);
    tokens_.erase(uid);
}

Awaitable<> ApiObjects::stop() {
    if (watches_) co_await watches_->stop();
}

}  // namespace picket::nodeagent
