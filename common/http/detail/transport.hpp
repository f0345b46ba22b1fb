#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "common/http/detail/deadline.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace picket::http::detail {

using boost::system::error_code;
/// TCP and Unix sockets alike.
using Socket = boost::asio::generic::stream_protocol::socket;
using Buffers = std::vector<boost::asio::const_buffer>;

struct IoResult {
    error_code error;
    std::size_t bytes = 0;
};

/// A connected byte stream, plain or TLS. Operations try the non-blocking socket first and wait for
/// the reactor only if it would block, so an answer that fits the socket's buffer costs one system
/// call and no trip through the loop; and a connection that waits for input holds no buffer. One
/// reader and one writer may be active at the same time.
class Transport {
public:
    explicit Transport(Socket socket);
    virtual ~Transport();
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// The opening exchange, if the protocol has one.
    virtual Awaitable<Result<void>> handshake();

    /// Waits without reading, so that the caller needs no buffer meanwhile.
    Awaitable<error_code> wait_readable();
    /// At least one byte; asio::error::eof at the peer's end of stream; timed_out when the deadline
    /// expires.
    Awaitable<IoResult> read_some(boost::asio::mutable_buffer buffer);
    /// What is there now, would_block if nothing is.
    virtual IoResult try_read(boost::asio::mutable_buffer buffer) = 0;
    /// Writes all of it. The memory behind the buffers must stay until the end. With `stall`, the
    /// deadline is moved that far whenever the peer has to be waited for: progress is enough to go
    /// on.
    Awaitable<error_code> write(
        Buffers buffers, std::optional<std::chrono::milliseconds> stall = {});
    /// Sends what ends this direction. The other stays open.
    Awaitable<error_code> close_write();

    /// Pending operations end with operation_aborted.
    void cancel();
    /// Says goodbye if that is possible without waiting. Pending operations end with an error.
    void close();
    [[nodiscard]] bool is_open() const { return socket_.is_open(); }
    [[nodiscard]] Deadline& deadline() { return deadline_; }
    [[nodiscard]] boost::asio::any_io_executor executor() { return socket_.get_executor(); }

protected:
    /// Takes some of the bytes, or would_block.
    virtual IoResult try_write(std::span<const boost::asio::const_buffer> buffers) = 0;
    /// Sends what try_write has taken but not sent yet, or would_block.
    virtual error_code try_flush() = 0;
    /// True if bytes are there that the socket no longer shows.
    [[nodiscard]] virtual bool has_buffered_input() const = 0;
    virtual void begin_close_write() = 0;

    Awaitable<error_code> wait(Socket::wait_type what);

    Socket socket_;

private:
    Awaitable<error_code> wait_writable(std::optional<std::chrono::milliseconds> stall);
    Awaitable<error_code> flush(std::optional<std::chrono::milliseconds> stall);

    Deadline deadline_;
};

/// What is written leaves at once, and a peer that vanished without a word is noticed within three
/// minutes, also by those who only wait for it.
void tune_tcp(Socket& socket);
[[nodiscard]] bool is_would_block(const error_code& error);
[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(Socket socket);

}  // namespace picket::http::detail
