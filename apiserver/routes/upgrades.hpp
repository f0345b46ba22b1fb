#pragma once
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

/// Whether a request asks for SPDY/3.1, and which protocols on it.
[[nodiscard]] bool asks_for_spdy(const http::Request& request);
[[nodiscard]] std::vector<std::string> offered_stream_protocols(const http::Request& request);
/// The first of the offers that is known; empty if there is none.
[[nodiscard]] std::string choose_protocol(
    const std::vector<std::string>& offers, std::span<const std::string_view> known);
/// The answer that switches to SPDY/3.1 with this protocol on it.
[[nodiscard]] http::Response spdy_response(std::string protocol);
/// The answer that switches to a WebSocket; BadRequest if the handshake is not right.
[[nodiscard]] Result<http::Response> websocket_response(
    const http::Request& request, const std::string& subprotocol);
/// Why nothing is switched to.
[[nodiscard]] Error unknown_protocol(std::span<const std::string_view> known);

}  // namespace picket::apiserver
