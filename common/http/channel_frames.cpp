#include "common/http/channel_frames.hpp"

namespace picket::http {
namespace {

constexpr std::size_t kChannelHeader = 5;

std::size_t length_in(std::string_view header) {
    std::size_t length = 0;
    for (std::size_t i = 1; i < kChannelHeader; ++i)
        length = length << 8U | static_cast<unsigned char>(header[i]);
    return length;
}

}  // namespace

std::string format_channel_frame(const ChannelFrame& frame) {
    const auto size = frame.bytes.size();
    std::string out;
    out.reserve(kChannelHeader + size);
    out += static_cast<char>(frame.channel);
    for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xffU);
    return out += frame.bytes;
}

void ChannelFrameParser::put(std::string_view bytes) {
    input_.erase(0, at_);
    at_ = 0;
    input_ += bytes;
}

Result<std::optional<ChannelFrame>> ChannelFrameParser::next() {
    const auto pending = std::string_view(input_).substr(at_);
    if (pending.size() < kChannelHeader) return std::optional<ChannelFrame>();
    const auto channel = static_cast<unsigned char>(pending.front());
    const auto length = length_in(pending);
    if (channel > static_cast<unsigned char>(Channel::Resize) || length > kMaxChannelFrame)
        return Error{Reason::BadRequest, "a frame of an unknown channel, or too long a frame"};
    if (pending.size() < kChannelHeader + length) return std::optional<ChannelFrame>();
    at_ += kChannelHeader + length;
    return std::optional<ChannelFrame>(ChannelFrame{
        static_cast<Channel>(channel), std::string(pending.substr(kChannelHeader, length))});
}

}  // namespace picket::http
