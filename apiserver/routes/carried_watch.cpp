#include "apiserver/routes/carried_watch.hpp"

#include "apiserver/routes/access.hpp"
#include "apiserver/routes/body.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/router.hpp"
#include "apiserver/routes/tunnel_hub.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>

namespace picket::apiserver {
namespace {

Result<CarriedWatch> asked_watch(const Call& call) {
    const auto body = parse_json_body(call.request.body, false);
    if (!body) return body.error();
    return parse_carried_watch(body->document);
}

/// What the agent would send to open the watch on a connection of its own.
Result<Call> call_of(const CarriedWatch& watch, const Call& call) {
    auto url = http::parse_target(watch.target);
    if (!url) return url.error();
    auto info = parse_request_info(http::Method::Get, *url);
    if (!info) return info.error();
    http::Request request;
    request.target = watch.target;
    request.headers = call.request.headers;
    const StoreNodeFacts facts(call.services.store, call.services.roles);
    return authorized_call(
        call.services, facts, call.user, std::move(request), std::move(*url), std::move(*info));
}

Awaitable<Result<http::Response>> answer_watch(Call call) {
    if (call.info.verb != "watch") {
        co_return bad_request(
            fmt::format("only a watch can be carried, \"{}\" is none", call.request.target));
    }
    const auto handler = find_handler(call.info, call.resource);
    if (!handler) co_return handler.error();
    co_return co_await (*handler)(std::move(call));
}

}  // namespace

Awaitable<Result<http::Response>> carry_watch(Call call) {
    const auto watch = asked_watch(call);
    if (!watch) co_return watch.error();
    auto inner = call_of(*watch, call);
    if (!inner) co_return inner.error();
    auto answer = co_await answer_watch(std::move(*inner));
    if (!answer) co_return answer.error();
    auto* control = call.services.tunnels.find_control(call.info.name, watch->session);
    if (control == nullptr) {
        co_return Error{
            Reason::Conflict,
            fmt::format("control stream {} of the node is not open", watch->session)};
    }
    const auto carried = control->carry(watch->id, std::move(answer->stream));
    if (!carried) co_return carried.error();
    co_return json_response(200, Json{{"watch", watch->id}});
}

}  // namespace picket::apiserver
