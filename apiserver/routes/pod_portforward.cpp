#include "apiserver/routes/pod_portforward.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/pod_stream.hpp"
#include "apiserver/routes/port_forward_sessions.hpp"
#include "apiserver/routes/upgrades.hpp"
#include "common/api/status.hpp"
#include "common/http/websocket.hpp"

#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>

namespace picket::apiserver {
namespace {

constexpr std::string_view kTunnelledSpdy = "SPDY/3.1+portforward.k8s.io";
constexpr std::string_view kPortChannels = "v4.channel.k8s.io";
constexpr std::array kWebSocketForwards = {kTunnelledSpdy, kPortChannels};
constexpr std::array<std::string_view, 1> kSpdyForwards = {"portforward.k8s.io"};
constexpr std::size_t kMaxPorts = 64;

using Upgrade = std::function<Awaitable<void>(std::unique_ptr<http::ByteStream>)>;

std::optional<std::uint16_t> port_in(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole && port > 0 ? std::optional(port) : std::nullopt;
}

/// `ports=80&ports=443`, or `ports=80,443`.
Result<std::vector<std::uint16_t>> wanted_ports(const Call& call) {
    std::vector<std::uint16_t> ports;
    for (const auto value : call.url.parameters("ports")) {
        std::vector<std::string> words;
        boost::algorithm::split(words, value, boost::algorithm::is_any_of(","));
        for (const auto& word : words) {
            const auto port = port_in(word);
            if (!port) return bad_request(fmt::format("\"{}\" is not a port", word));
            ports.push_back(*port);
        }
    }
    if (ports.empty()) return bad_request("query parameter \"ports\" is required");
    if (ports.size() > kMaxPorts)
        return bad_request(fmt::format("at most {} ports can be forwarded at once", kMaxPorts));
    return ports;
}

Result<void> check_running(const Json& pod) {
    const auto phase = registry::text_at(pod, {"status", "phase"});
    if (phase == "Running") return Ok();
    return bad_request(fmt::format(
        "unable to forward port because pod is not running. Current status={}",
        phase.empty() ? "Pending" : phase));
}

Awaitable<> run_tunnelled_spdy(
    PortOpener opener,
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes) {
    auto socket = std::make_unique<http::WebSocket>(
        executor, std::move(bytes), http::WebSocket::Role::Server);
    return run_spdy_port_forward(
        std::move(opener), executor, http::make_websocket_byte_stream(std::move(socket)));
}

Result<http::Response> websocket_forward(const Call& call, PortOpener opener) {
    const auto protocol =
        choose_protocol(http::offered_subprotocols(call.request), kWebSocketForwards);
    if (protocol.empty()) return unknown_protocol(kWebSocketForwards);
    auto response = websocket_response(call.request, protocol);
    if (!response) return response.error();
    const auto executor = call.services.executor;
    if (protocol == kTunnelledSpdy) {
        response->upgrade = [opener, executor](std::unique_ptr<http::ByteStream> bytes) {
            return run_tunnelled_spdy(opener, executor, std::move(bytes));
        };
        return response;
    }
    auto ports = wanted_ports(call);
    if (!ports) return ports.error();
    response->upgrade =
        [opener, executor, ports = std::move(*ports)](std::unique_ptr<http::ByteStream> bytes) {
            return run_channel_port_forward(opener, executor, std::move(bytes), ports);
        };
    return response;
}

Result<http::Response> spdy_forward(const Call& call, PortOpener opener) {
    auto protocol = choose_protocol(offered_stream_protocols(call.request), kSpdyForwards);
    if (protocol.empty()) return unknown_protocol(kSpdyForwards);
    auto response = spdy_response(std::move(protocol));
    response.upgrade =
        [opener, executor = call.services.executor](std::unique_ptr<http::ByteStream> bytes) {
            return run_spdy_port_forward(opener, executor, std::move(bytes));
        };
    return response;
}

Result<http::Response> port_forward_response(const Call& call) {
    const auto pod = pod_of(call);
    if (!pod) return pod.error();
    if (auto running = check_running(*pod); !running) return running.error();
    auto node = node_of(*pod);
    if (!node) return node.error();
    if (!call.services.tunnels.is_connected(*node)) return no_agent_error(*node);
    PortOpener opener{call.services.tunnels, std::move(*node), stream_request("portforward", *pod)};
    if (http::asks_for_websocket(call.request)) return websocket_forward(call, std::move(opener));
    if (asks_for_spdy(call.request)) return spdy_forward(call, std::move(opener));
    return unknown_protocol(kWebSocketForwards);
}

}  // namespace

Awaitable<Result<http::Response>> open_port_forward(Call call) {
    co_return port_forward_response(call);
}

}  // namespace picket::apiserver
