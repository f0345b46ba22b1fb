#include "apiserver/routes/router.hpp"

#include "apiserver/auth/impersonation.hpp"
#include "apiserver/routes/metrics.hpp"
#include "apiserver/routes/negotiation.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/node.hpp"
#include "common/base/log.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <chrono>

namespace picket::apiserver {
namespace {

RequestAccount account_of(const Call& call) {
    RequestAccount account;
    account.verb = call.info.verb;
    account.target = call.info.path;
    account.user = call.user.impersonated_by.empty()
                       ? call.user.name
                       : call.user.impersonated_by + " as " + call.user.name;
    // Only what is served becomes a label: a client must not be able to invent time series.
    if (call.resource != nullptr) {
        account.resource = call.resource->qualified_name();
        if (!call.info.subresource.empty()) account.resource += "/" + call.info.subresource;
    }
    return account;
}

bool is_write(const RequestAccount& account) {
    constexpr std::array<std::string_view, 5> kWrites = {
        "create", "update", "patch", "delete", "deletecollection"};
    return std::ranges::find(kWrites, account.verb) != kWrites.end();
}

/// Writes by people are worth keeping; those of controllers and agents are daily business.
bool is_routine(const RequestAccount& account) {
    return account.user.starts_with("system:");
}

void log_answer(
    const RequestAccount& account, unsigned status, std::chrono::microseconds duration) {
    static const auto log = logger("apiserver");
    const auto level =
        is_write(account) && !is_routine(account) ? spdlog::level::info : spdlog::level::debug;
    log->log(
        level,
        "request verb={} path={} user={} code={} micros={}",
        account.verb,
        account.target,
        account.user,
        status,
        duration.count());
}

/// For the header `Allow`: what another method would be answered.
std::string allowed_methods(const Call& call) {
    constexpr std::pair<http::Method, std::string_view> kMethods[] = {
        {http::Method::Get, "GET"},
        {http::Method::Post, "POST"},
        {http::Method::Put, "PUT"},
        {http::Method::Patch, "PATCH"},
        {http::Method::Delete, "DELETE"}};
    std::string allowed;
    for (const auto& [method, name] : kMethods) {
        const auto info = parse_request_info(method, call.url);
        if (!info || !find_handler(*info, call.resource)) continue;
        allowed.append(allowed.empty() ? "" : ", ").append(name);
    }
    return allowed;
}

http::Response refusal(const Error& error, const Call& call) {
    auto response = error_response(error);
    if (error.reason == Reason::MethodNotAllowed)
        response.headers.set("Allow", allowed_methods(call));
    return response;
}

}  // namespace

Result<Call> Router::admit(http::Request request) {
    auto url = http::parse_target(request.target);
    if (!url) return url.error();
    auto info = parse_request_info(request.method, *url);
    if (!info) return info.error();
    const auto sender = authenticator_.authenticate(request.headers);
    if (!sender) return sender.error();
    const auto admitted = admit_host(*sender, request.headers);
    if (!admitted) return admitted.error();
    auto user = impersonated_user(*sender, request.headers, facts_);
    if (!user) return user.error();
    return authorized_call(
        services_, facts_, std::move(*user), std::move(request), std::move(*url), std::move(*info));
}

/// Two hosts may have the same credential, but only one of them speaks for the node.
Result<void> Router::admit_host(const User& sender, const http::Headers& headers) {
    const auto node = sender.node();
    const auto host = headers.find(kHostHeader);
    if (!node || !host) return Ok();
    return services_.hosts.admit(*node, *host, services_.clock.now());
}

Awaitable<Result<http::Response>> Router::answer(http::Request request, RequestAccount* account) {
    account->target = request.target.substr(0, request.target.find('?'));
    auto call = admit(std::move(request));
    if (!call) co_return call.error();
    *account = account_of(*call);
    const auto handler = find_handler(call->info, call->resource);
    if (!handler) co_return refusal(handler.error(), *call);
    co_return co_await (*handler)(std::move(*call));
}

Awaitable<http::Response> Router::handle(http::Request request) {
    const auto start = std::chrono::steady_clock::now();
    RequestAccount account;
    const bool yaml = wants_yaml(request.headers);
    auto result = co_await answer(std::move(request), &account);
    auto response = result ? std::move(*result) : error_response(result.error());
    if (yaml) response = as_yaml(std::move(response));
    const auto duration = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - start);
    log_answer(account, response.status, duration);
    const bool long_running = response.stream || response.upgrade;
    services_.metrics.request_done(
        {account.verb, account.resource, response.status}, duration, long_running);
    co_return response;
}

}  // namespace picket::apiserver
