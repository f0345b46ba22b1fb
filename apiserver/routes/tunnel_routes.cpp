#include "apiserver/routes/tunnel_routes.hpp"

#include "apiserver/routes/tunnel_hub.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>

namespace picket::apiserver {
namespace {

http::Response control_stream(TunnelHub& hub, std::string node) {
    http::Response response;
    response.headers = {{"Content-Type", "application/json"}};
    response.stream = [&hub, node = std::move(node)](http::BodyWriter& writer) {
        return hub.serve_control(node, &writer);
    };
    return response;
}

Awaitable<void> hand_over(
    TunnelHub* hub, std::string id, std::unique_ptr<http::ByteStream> stream) {
    hub->deliver(id, std::move(stream));
    co_return;
}

bool asks_for_upgrade(const http::Headers& headers) {
    return headers.find("Upgrade").value_or(std::string_view()) == kTunnelProtocol;
}

Result<http::Response> picked_up_stream(const Call& call) {
    auto& hub = call.services.tunnels;
    const auto& id = call.info.rest;
    if (!hub.waits_for(call.info.name, id)) {
        return Error{Reason::NotFound, fmt::format("no stream {} is waited for", id)};
    }
    if (!asks_for_upgrade(call.request.headers)) {
        return bad_request(fmt::format("a stream is opened with Upgrade: {}", kTunnelProtocol));
    }
    http::Response response;
    response.status = 101;
    response.headers = {{"Connection", "Upgrade"}, {"Upgrade", std::string(kTunnelProtocol)}};
    response.upgrade = [&hub, id](std::unique_ptr<http::ByteStream> stream) {
        return hand_over(&hub, id, std::move(stream));
    };
    return response;
}

}  // namespace

Awaitable<Result<http::Response>> open_tunnel(Call call) {
    if (!call.info.rest.empty()) co_return picked_up_stream(call);
    co_return control_stream(call.services.tunnels, call.info.name);
}

}  // namespace picket::apiserver
