#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"
#include "nodeagent/pod/pod_worker.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace picket::nodeagent {

/// Connects to a port of a pod: on the host's loopback with host network; otherwise from inside the
/// pod's network namespace, so that what listens only on its loopback is reached too, and from the
/// host to the pod's address where the agent may not enter namespaces.
[[nodiscard]] Awaitable<Result<std::unique_ptr<http::ByteStream>>> dial_pod_port(
    boost::asio::any_io_executor executor, PodNetwork network, std::uint16_t port);

/// 1 to 65535, else BadRequest.
[[nodiscard]] Result<std::uint16_t> parse_port(const std::string& text);

}  // namespace picket::nodeagent
