#include "common/http/channel_frames.hpp"

#include "common/base/big_endian.hpp"

namespace picket::http {
namespace {

constexpr std::size_t kChannelHeader = 5;

}  // namespace

std::string format_channel_frame(const ChannelFrame& frame) {
    const auto size = frame.bytes.size();
    std::string out;
    out.reserve(kChannelHeader + size);
    out += static_cast<char>(frame.channel);
    append_big_endian(out, size, kChannelHeader - 1);
    return out += frame.bytes;
}

Result<std::optional<ChannelFrame>> ChannelFrameParser::next() {
    const auto pending = input_.pending();
    if (pending.size() < kChannelHeader) return std::optional<ChannelFrame>();
    const auto channel = static_cast<unsigned char>(pending.front());
    const auto length = big_endian_at(pending, 1, kChannelHeader - 1);
    if (channel > static_cast<unsigned char>(Channel::Resize) || length > kMaxChannelFrame)
        return Error{Reason::BadRequest, "a frame of an unknown channel, or too long a frame"};
    if (pending.size() < kChannelHeader + length) return std::optional<ChannelFrame>();
    input_.take(kChannelHeader + length);
    return std::optional<ChannelFrame>(ChannelFrame{
        static_cast<Channel>(channel), std::string(pending.substr(kChannelHeader, length))});
}

}  // namespace picket::http
