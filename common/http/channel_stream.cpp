#include "common/http/channel_stream.hpp"

namespace picket::http {

Awaitable<Result<std::optional<ChannelFrame>>> ChannelStream::receive() {
    std::string buffer;
    while (true) {
        auto frame = parser_.next();
        if (!frame || *frame) co_return frame;
        buffer.resize(32U << 10U);
        const auto size = co_await bytes_->read_some(buffer);
        if (!size) co_return size.error();
        if (*size == 0) co_return std::optional<ChannelFrame>();
        parser_.put(std::string_view(buffer).substr(0, *size));
    }
}

Awaitable<Result<void>> ChannelStream::send(ChannelFrame frame) {
    const auto lock = co_await writing_.lock();
    co_return co_await bytes_->write(format_channel_frame(frame));
}

}  // namespace picket::http
