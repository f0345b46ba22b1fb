#pragma once
#include "apiserver/routes/forwarded_connection.hpp"
#include "common/async/exception.hpp"
#include "common/http/message.hpp"

#include <boost/asio/this_coro.hpp>

#include <cstdint>
#include <exception>
#include <memory>
#include <vector>

namespace picket::apiserver {

/// At a time, of one client.
inline constexpr std::size_t kMaxForwardedConnections = 256;

/// Runs a session until its client goes, then ends its connections, also when this is cancelled.
template <class Session>
[[nodiscard]] Awaitable<> run_to_its_end(std::unique_ptr<Session> session) {
    std::exception_ptr failure;
    try {
        co_await session->run();
    } catch (...) {
        failure = std::current_exception();
    }
    co_await boost::asio::this_coro::reset_cancellation_state();
    co_await session->stop();
    rethrow(failure);
}

/// Any number of connections, each as a pair of SPDY streams, until the client goes.
[[nodiscard]] Awaitable<> run_spdy_port_forward(
    PortOpener opener,
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes);

/// One connection for each port, each as a pair of channels of a WebSocket, until the client goes.
[[nodiscard]] Awaitable<> run_channel_port_forward(
    PortOpener opener,
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes,
    std::vector<std::uint16_t> ports);

}  // namespace picket::apiserver
