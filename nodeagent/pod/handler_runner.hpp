#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "nodeagent/pod/container.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <string>

namespace picket::nodeagent {

/// Where a handler's container is.
struct HandlerTarget {
    std::string container_id;
    std::string address;  ///< the pod's address as the host reaches it
    std::vector<ContainerPort> ports;
};

/// Does what a probe or hook says: runs the command, asks over HTTP, connects, sleeps. Success is
/// exit code 0, a status of 200 to 399, an accepted connection. The error says what came instead;
/// ServiceUnavailable means that it could not be tried at all.
Awaitable<Result<void>> run_handler(
    boost::asio::any_io_executor executor,
    Runtime& runtime,
    Handler handler,
    HandlerTarget target,
    std::chrono::milliseconds timeout);

/// The number of a port that is given by number or by the name of one of the container's ports; 0
/// if there is none.
[[nodiscard]] std::uint16_t resolve_port(
    const std::string& port, const std::vector<ContainerPort>& ports);

}  // namespace picket::nodeagent
