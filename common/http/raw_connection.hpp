#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace picket::http {

/// A TCP connection without any protocol on it. `open` makes the socket, where it is to belong to
/// another network namespace; empty for an ordinary one. ServiceUnavailable with the system's words
/// if it cannot be made in time.
[[nodiscard]] Awaitable<Result<std::unique_ptr<ByteStream>>> connect_raw(
    boost::asio::any_io_executor executor,
    boost::asio::ip::tcp::endpoint endpoint,
    std::chrono::milliseconds timeout,
    std::function<Result<int>()> open = {});

/// The same for a connection that has been accepted.
[[nodiscard]] std::unique_ptr<ByteStream> adopt_raw(boost::asio::ip::tcp::socket socket);

}  // namespace picket::http
