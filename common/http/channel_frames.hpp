#pragma once
/// How the several streams of one command (exec, attach) share a connection between server and
/// agent: one byte of channel, four bytes of length (big-endian), then that many bytes. A frame
/// without bytes ends its channel. Pure.
#include "common/base/result.hpp"
#include "common/http/frame_input.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket::http {

/// As Kubernetes numbers them.
enum class Channel : std::uint8_t { Stdin = 0, Stdout = 1, Stderr = 2, Status = 3, Resize = 4 };

struct ChannelFrame {
    Channel channel = Channel::Stdin;
    std::string bytes = {};
};

inline constexpr std::size_t kMaxChannelFrame = 4U << 20U;

[[nodiscard]] std::string format_channel_frame(const ChannelFrame& frame);

/// Takes frames out of a byte stream that is cut anywhere.
class ChannelFrameParser {
public:
    void put(std::string_view bytes) { input_.put(bytes); }
    /// The next whole frame, nothing if more bytes are needed. BadRequest for an unknown channel
    /// or a frame that is too long; then the stream is over.
    [[nodiscard]] Result<std::optional<ChannelFrame>> next();

private:
    FrameInput input_;
};

}  // namespace picket::http
