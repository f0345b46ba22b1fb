#pragma once
#include "common/async/mutex.hpp"
#include "common/http/message.hpp"
#include "common/http/spdy_frames.hpp"

#include <memory>
#include <optional>
#include <string>

namespace picket::http {

/// The server's end of a SPDY/3.1 connection whose streams the client opens. Pings are answered
/// while receive() waits. One coroutine may receive while others send. Loop thread only.
class SpdySession {
public:
    SpdySession(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> bytes);

    /// The next SynStream, Data or Reset; nothing when the client has gone, with or without
    /// GOAWAY.
    Awaitable<Result<std::optional<SpdyFrame>>> receive();
    /// Each opened stream needs a reply before the client goes on.
    Awaitable<Result<void>> reply(std::uint32_t stream);
    Awaitable<Result<void>> send(std::uint32_t stream, std::string bytes, bool last);
    Awaitable<Result<void>> reset(std::uint32_t stream);
    /// Says that this direction ends.
    Awaitable<> close_write() { return bytes_->close_write(); }
    void close() { bytes_->close(); }

private:
    Awaitable<Result<void>> write(SpdyFrame frame);

    std::unique_ptr<ByteStream> bytes_;
    SpdyParser parser_;
    SpdyFormatter formatter_;
    Mutex writing_;
};

}  // namespace picket::http
