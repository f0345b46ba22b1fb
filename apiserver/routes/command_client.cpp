#include "apiserver/routes/command_client.hpp"

#include "apiserver/routes/upgrades.hpp"
#include "common/http/websocket.hpp"

#include <array>

namespace picket::apiserver {
namespace {

// The older ones cannot tell an exit code.
constexpr std::array<std::string_view, 3> kWebSocketCommands = {
    "v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io"};
constexpr std::array<std::string_view, 2> kSpdyCommands = {
    "v5.channel.k8s.io", "v4.channel.k8s.io"};

Result<CommandUpgrade> websocket_command(const Call& call) {
    const auto offers = http::offered_subprotocols(call.request);
    auto protocol = choose_protocol(offers, kWebSocketCommands);
    if (protocol.empty() && !offers.empty()) return unknown_protocol(kWebSocketCommands);
    auto response = websocket_response(call.request, protocol);
    if (!response) return response.error();
    return CommandUpgrade{
        std::move(*response),
        [executor = call.services.executor, protocol](std::unique_ptr<http::ByteStream> bytes) {
            return make_websocket_command_client(executor, std::move(bytes), protocol);
        }};
}

Result<CommandUpgrade> spdy_command(const Call& call, CommandStreams streams) {
    auto protocol = choose_protocol(offered_stream_protocols(call.request), kSpdyCommands);
    if (protocol.empty()) return unknown_protocol(kSpdyCommands);
    return CommandUpgrade{
        spdy_response(std::move(protocol)),
        [executor = call.services.executor, streams](std::unique_ptr<http::ByteStream> bytes) {
            return make_spdy_command_client(executor, std::move(bytes), streams);
        }};
}

}  // namespace

Result<CommandUpgrade> negotiate_command(const Call& call, CommandStreams streams) {
    if (http::asks_for_websocket(call.request)) return websocket_command(call);
    if (asks_for_spdy(call.request)) return spdy_command(call, streams);
    return unknown_protocol(kWebSocketCommands);
}

}  // namespace picket::apiserver
