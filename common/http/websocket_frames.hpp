#pragma once
/// WebSocket frames (RFC 6455) as bytes. Pure.
#include "common/base/result.hpp"
#include "common/http/frame_input.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket::http {

enum class Opcode : std::uint8_t {
    Continuation = 0,
    Text = 1,
    Binary = 2,
    Close = 8,
    Ping = 9,
    Pong = 10,
};
[[nodiscard]] constexpr bool is_control(Opcode opcode) {
    return static_cast<std::uint8_t>(opcode) >= 8;
}

using FrameMask = std::array<char, 4>;

struct WebSocketFrame {
    bool last = true;  ///< of its message
    Opcode opcode = Opcode::Binary;
    std::string payload = {};
};

/// A client masks what it sends, a server does not.
[[nodiscard]] std::string format_frame(
    const WebSocketFrame& frame, const std::optional<FrameMask>& mask = {});

/// The payload of a Close frame; code and reason of one that came (1005: none was given).
struct CloseReason {
    std::uint16_t code = 1000;
    std::string text = {};
};
[[nodiscard]] std::string format_close(const CloseReason& reason);
[[nodiscard]] Result<CloseReason> parse_close(std::string_view payload);

/// Takes frames out of a byte stream that is cut anywhere.
class FrameParser {
public:
    /// `masked`: what the peer's frames must be. A frame longer than `max_payload` is refused
    /// before it is received.
    FrameParser(bool masked, std::size_t max_payload)
        : masked_(masked), max_payload_(max_payload) {}

    void put(std::string_view bytes) { input_.put(bytes); }
    /// The next whole frame, nothing if more bytes are needed. RequestEntityTooLarge for a frame
    /// that is too long, BadRequest for what is no frame; then the stream is over.
    [[nodiscard]] Result<std::optional<WebSocketFrame>> next();

private:
    struct Header {
        std::size_t size = 0;
        std::uint64_t payload = 0;
    };
    [[nodiscard]] Result<std::optional<Header>> read_header() const;
    [[nodiscard]] std::string take_payload(const Header& header) const;

    bool masked_;
    std::size_t max_payload_;
    FrameInput input_;
};

}  // namespace picket::http
