#pragma once
#include "common/http/client.hpp"
#include "common/http/detail/tls_context.hpp"
#include "common/http/detail/transport.hpp"

#include <chrono>
#include <memory>
#include <string>

namespace picket::http::detail {

/// Connects, and shakes hands if `trust` is given, before `deadline`. Every failure is
/// ServiceUnavailable.
Awaitable<Result<std::unique_ptr<Transport>>> connect(
    boost::asio::any_io_executor executor,
    Endpoint endpoint,
    std::shared_ptr<const ClientTrust> trust,
    std::chrono::steady_clock::time_point deadline);

/// For the Host field: the port only where it is not the standard one, brackets around a v6
/// address.
[[nodiscard]] std::string host_field(const Endpoint& endpoint);
/// For messages: "https://host:port", "unix:///path".
[[nodiscard]] std::string format_endpoint(const Endpoint& endpoint);

}  // namespace picket::http::detail
