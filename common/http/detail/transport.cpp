#include "common/http/detail/transport.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <utility>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;

/// Drops `bytes` from the front of a buffer sequence that begins at `first`.
void consume(Buffers& buffers, std::size_t& first, std::size_t bytes) {
    while (first < buffers.size() && bytes >= buffers[first].size())
        bytes -= buffers[first++].size();
    if (first < buffers.size()) buffers[first] += bytes;
}

class PlainTransport final : public Transport {
public:
    using Transport::Transport;

    IoResult try_read(asio::mutable_buffer buffer) override {
        IoResult result;
        result.bytes = socket_.read_some(buffer, result.error);
        return result;
    }

protected:
    IoResult try_write(std::span<const asio::const_buffer> buffers) override {
        IoResult result;
        result.bytes = socket_.write_some(buffers, result.error);
        return result;
    }

    error_code try_flush() override { return {}; }
    [[nodiscard]] bool has_buffered_input() const override { return false; }

    void begin_close_write() override {
        error_code ignored;  // a peer that is already gone needs no goodbye
        socket_.shutdown(Socket::shutdown_send, ignored);
    }
};

}  // namespace

void tune_tcp(Socket& socket) {
    using KeepIdle = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPIDLE>;
    using KeepInterval = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_KEEPINTVL>;
    error_code closed;  // the first operation on a closed socket says so
    socket.set_option(asio::ip::tcp::no_delay(true), closed);
    socket.set_option(asio::socket_base::keep_alive(true), closed);
    socket.set_option(KeepIdle(60), closed);
    socket.set_option(KeepInterval(10), closed);
}

bool is_would_block(const error_code& error) {
    return error == asio::error::would_block || error == asio::error::try_again;
}

Transport::Transport(Socket socket)
    : socket_(std::move(socket)), deadline_(socket_.get_executor(), [this] { cancel(); }) {
    error_code closed;  // the first operation on a closed socket says so
    socket_.non_blocking(true, closed);
}

Transport::~Transport() = default;

Awaitable<Result<void>> Transport::handshake() {
    co_return Ok();
}

Awaitable<error_code> Transport::wait(Socket::wait_type what) {
    if (deadline_.expired()) co_return asio::error::timed_out;
    const auto [error] = co_await socket_.async_wait(what, as_result);
    if (error && deadline_.expired()) co_return asio::error::timed_out;
    co_return error;
}

Awaitable<error_code> Transport::wait_readable() {
    if (has_buffered_input()) co_return error_code{};
    co_return co_await wait(Socket::wait_read);
}

Awaitable<IoResult> Transport::read_some(asio::mutable_buffer buffer) {
    for (;;) {
        auto result = try_read(buffer);
        if (!is_would_block(result.error)) co_return result;
        result.error = co_await wait(Socket::wait_read);
        if (result.error) co_return result;
    }
}

Awaitable<error_code> Transport::wait_writable(std::optional<std::chrono::milliseconds> stall) {
    if (stall) deadline_.expires_after(*stall);
    return wait(Socket::wait_write);
}

Awaitable<error_code> Transport::write(
    Buffers buffers, std::optional<std::chrono::milliseconds> stall) {
    std::size_t first = 0;
    consume(buffers, first, 0);
    while (first < buffers.size()) {
        auto [error, bytes] = try_write(std::span(buffers).subspan(first));
        consume(buffers, first, bytes);
        if (is_would_block(error)) error = co_await wait_writable(stall);
        if (error) co_return error;
    }
    const auto flushed = co_await flush(stall);
    if (stall) deadline_.clear();
    co_return flushed;
}

Awaitable<error_code> Transport::flush(std::optional<std::chrono::milliseconds> stall) {
    for (;;) {
        auto error = try_flush();
        if (!is_would_block(error)) co_return error;
        error = co_await wait_writable(stall);
        if (error) co_return error;
    }
}

Awaitable<error_code> Transport::close_write() {
    begin_close_write();
    const auto error = co_await flush({});
    error_code ignored;  // a peer that is already gone needs no goodbye
    socket_.shutdown(Socket::shutdown_send, ignored);
    co_return error;
}

void Transport::cancel() {
    error_code closed;  // a closed socket has nothing pending
    socket_.cancel(closed);
}

void Transport::close() {
    if (!socket_.is_open()) return;
    begin_close_write();
    error_code ignored =
        try_flush();  // the goodbye, if it can be sent at once; the descriptor is gone either way
    socket_.close(ignored);
}

std::unique_ptr<Transport> make_plain_transport(Socket socket) {
    return std::make_unique<PlainTransport>(std::move(socket));
}

}  // namespace picket::http::detail
