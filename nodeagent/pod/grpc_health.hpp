#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>

namespace picket::nodeagent {

/// Asks grpc.health.v1.Health/Check, without TLS. Good when the answer is SERVING.
[[nodiscard]] Awaitable<Result<void>> check_grpc_health(
    boost::asio::any_io_executor executor,
    boost::asio::ip::tcp::endpoint endpoint,
    std::string service,
    std::chrono::milliseconds timeout);

}  // namespace picket::nodeagent
