#pragma once
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"

#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// Where the programs of a pod find the API.
struct ApiAddress {
    std::string host;
    std::string port;
    bool operator==(const ApiAddress&) const = default;
};

/// Whether the pod has a token and its network cannot reach the server, which listens on the host's
/// loopback.
[[nodiscard]] bool needs_relay(const Pod& pod, const NodeContext& node);
/// Nothing if it cannot be reached.
[[nodiscard]] std::optional<ApiAddress> api_address(const Pod& pod, const NodeContext& node);
/// "name:address" for the pod's hosts file: the names that the server's certificate has for the
/// API, where they mean the relay.
[[nodiscard]] std::vector<std::string> api_host_entries(const Pod& pod, const NodeContext& node);

}  // namespace picket::nodeagent
