#include "common/http/websocket_frames.hpp"

#include "common/base/big_endian.hpp"

#include <algorithm>

namespace picket::http {
namespace {

constexpr std::size_t kMaxControlPayload = 125;
constexpr std::uint8_t kLast = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::uint8_t kLength16 = 126;
constexpr std::uint8_t kLength64 = 127;

Error no_frame(const char* why) {
    return {Reason::BadRequest, why};
}

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<std::uint8_t>(bytes[at]);
}

bool is_known(std::uint8_t opcode) {
    return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

void apply_mask(char* bytes, std::size_t size, const FrameMask& mask) {
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(bytes[i] ^ mask[i % 4]);
}

/// How many bytes follow the first two to say the length, and whether the length is in them.
std::size_t length_bytes(std::uint8_t length) {
    if (length == kLength16) return 2;
    return length == kLength64 ? 8 : 0;
}

}  // namespace

std::string format_frame(const WebSocketFrame& frame, const std::optional<FrameMask>& mask) {
    const auto size = frame.payload.size();
    std::string out;
    out.reserve(size + 14);
    out += static_cast<char>((frame.last ? kLast : 0) | static_cast<std::uint8_t>(frame.opcode));
    const std::uint8_t flag = mask ? kMasked : 0;
    if (size < kLength16) {
        out += static_cast<char>(flag | size);
    } else if (size <= 0xffff) {
        out += static_cast<char>(flag | kLength16);
        append_big_endian(out, size, 2);
    } else {
        out += static_cast<char>(flag | kLength64);
        append_big_endian(out, size, 8);
    }
    if (mask) out.append(mask->data(), mask->size());
    out += frame.payload;
    if (mask) apply_mask(out.data() + (out.size() - size), size, *mask);
    return out;
}

std::string format_close(const CloseReason& reason) {
    std::string payload;
    append_big_endian(payload, reason.code, 2);
    payload += reason.text.substr(0, kMaxControlPayload - 2);
    return payload;
}

Result<CloseReason> parse_close(std::string_view payload) {
    if (payload.empty()) return CloseReason{1005, {}};
    if (payload.size() == 1) return no_frame("websocket: a close frame with half a code");
    const auto code = static_cast<std::uint16_t>(big_endian_at(payload, 0, 2));
    return CloseReason{code, std::string(payload.substr(2))};
}

Result<std::optional<FrameParser::Header>> FrameParser::read_header() const {
    const auto bytes = input_.pending();
    if (bytes.size() < 2) return std::optional<Header>();
    const auto first = byte_at(bytes, 0);
    const auto second = byte_at(bytes, 1);
    const auto opcode = static_cast<std::uint8_t>(first & 0x0fU);
    if ((first & kReserved) != 0) return no_frame("websocket: a reserved bit is set");
    if (!is_known(opcode)) return no_frame("websocket: unknown opcode");
    if (((second & kMasked) != 0) != masked_) {
        return no_frame(
            masked_ ? "websocket: a client's frame must be masked"
                    : "websocket: a server's frame must not be masked");
    }
    const auto length = static_cast<std::uint8_t>(second & ~kMasked);
    const bool control = is_control(static_cast<Opcode>(opcode));
    if (control && (length > kMaxControlPayload || (first & kLast) == 0)) {
        return no_frame("websocket: a control frame that is long or in pieces");
    }
    const auto extra = length_bytes(length);
    if (bytes.size() < 2 + extra) return std::optional<Header>();
    Header header;
    header.payload = extra == 0 ? length : big_endian_at(bytes, 2, extra);
    header.size = 2 + extra + (masked_ ? 4U : 0U);
    if (header.payload > max_payload_) {
        return Error{Reason::RequestEntityTooLarge, "websocket: a frame is too long"};
    }
    return std::optional<Header>(header);
}

std::string FrameParser::take_payload(const Header& header) const {
    std::string payload(input_.pending().substr(header.size, header.payload));
    if (!masked_) return payload;
    FrameMask mask{};
    std::copy_n(
        input_.pending().begin() + static_cast<std::ptrdiff_t>(header.size) - 4, 4, mask.begin());
    apply_mask(payload.data(), payload.size(), mask);
    return payload;
}

Result<std::optional<WebSocketFrame>> FrameParser::next() {
    const auto header = read_header();
    if (!header) return header.error();
    if (!*header || input_.pending().size() < (*header)->size + (*header)->payload) {
        return std::optional<WebSocketFrame>();
    }
    const auto first = byte_at(input_.pending(), 0);
    WebSocketFrame frame{
        (first & kLast) != 0, static_cast<Opcode>(first & 0x0fU), take_payload(**header)};
    input_.take((*header)->size + (*header)->payload);
    return std::optional<WebSocketFrame>(std::move(frame));
}

}  // namespace picket::http
