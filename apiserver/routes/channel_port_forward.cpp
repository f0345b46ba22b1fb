#include "apiserver/routes/port_forward_sessions.hpp"
#include "common/async/task_group.hpp"
#include "common/http/websocket.hpp"

#include <fmt/format.h>

namespace picket::apiserver {
namespace {

/// Port i has channel 2i for data and 2i+1 for errors; both begin with the port's number, low byte
/// first.
class ChannelPortForward {
public:
    ChannelPortForward(
        PortOpener opener,
        boost::asio::any_io_executor executor,
        std::unique_ptr<http::ByteStream> bytes,
        std::vector<std::uint16_t> ports)
        : opener_(std::move(opener)),
          ports_(std::move(ports)),
          socket_(executor, std::move(bytes), http::WebSocket::Role::Server),
          tasks_(executor, tell_broken_connection) {
        for (std::size_t i = 0; i < ports_.size(); ++i)
            connections_.push_back(std::make_shared<ForwardedConnection>(executor));
        open_ = ports_.size();
    }

    Awaitable<> run() {
        for (std::size_t i = 0; i < ports_.size(); ++i) {
            const std::string port = {
                static_cast<char>(ports_[i] & 0xffU), static_cast<char>(ports_[i] >> 8U)};
            for (const auto channel : {2 * i, 2 * i + 1}) {
                const auto sent = co_await send(channel, port);
                if (!sent) co_return;
            }
            begin(i);
        }
        while (true) {
            auto message = co_await socket_.receive();
            if (!message || !*message) break;
            co_await take(std::move(**message));
        }
        socket_.abort();
    }
    Awaitable<> stop() { co_await tasks_.stop(); }

private:
    Awaitable<Result<void>> send(std::size_t channel, std::string bytes) {
        bytes.insert(bytes.begin(), static_cast<char>(channel));
        return socket_.send(std::move(bytes));
    }

    void begin(std::size_t i) {
        connections_[i]->send_data = [this, i](std::string bytes) {
            return send(2 * i, std::move(bytes));
        };
        connections_[i]->send_end = [this, i](std::string failure) {
            return end(i, std::move(failure));
        };
        const auto port = std::to_string(ports_[i]);
        tasks_.spawn("port " + port, run_forwarded_connection(opener_, port, connections_[i]));
    }

    /// Channels have no end of their own: when the last connection has ended, the socket does.
    Awaitable<Result<void>> end(std::size_t i, std::string failure) {
        if (!failure.empty()) {
            auto sent = co_await send(2 * i + 1, std::move(failure));
            if (!sent) co_return sent;
        }
        if (--open_ == 0) co_await socket_.say_goodbye({});
        co_return Ok();
    }

    Awaitable<> take(std::string message) {
        if (message.empty()) co_return;
        const auto channel = static_cast<unsigned char>(message.front());
        message.erase(0, 1);
        const std::size_t i = channel / 2;
        const bool data = channel % 2 == 0 && i < connections_.size() && !message.empty();
        if (data) co_await connections_[i]->from_client.push(std::move(message));
    }

    PortOpener opener_;
    std::vector<std::uint16_t> ports_;
    http::WebSocket socket_;
    std::vector<std::shared_ptr<ForwardedConnection>> connections_;
    std::size_t open_ = 0;
    TaskGroup tasks_;
};

}  // namespace

Awaitable<> run_channel_port_forward(
    PortOpener opener,
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes,
    std::vector<std::uint16_t> ports) {
    return run_to_its_end(std::make_unique<ChannelPortForward>(
        std::move(opener), executor, std::move(bytes), std::move(ports)));
}

}  // namespace picket::apiserver
