#pragma once
#include "common/async/mutex.hpp"
#include "common/http/channel_frames.hpp"
#include "common/http/message.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace picket::http {

/// Channel frames on a byte stream. One coroutine may receive while others send. Loop thread only.
class ChannelStream {
public:
    /// `received`: bytes of the stream that have been read already.
    ChannelStream(
        boost::asio::any_io_executor executor,
        std::shared_ptr<ByteStream> bytes,
        std::string_view received = {})
        : bytes_(std::move(bytes)), writing_(std::move(executor)) {
        parser_.put(received);
    }

    /// The next frame; nothing at the peer's end of stream.
    Awaitable<Result<std::optional<ChannelFrame>>> receive();
    Awaitable<Result<void>> send(ChannelFrame frame);
    Awaitable<> close_write() { return bytes_->close_write(); }
    void close() { bytes_->close(); }

private:
    std::shared_ptr<ByteStream> bytes_;
    ChannelFrameParser parser_;
    Mutex writing_;
};

}  // namespace picket::http
