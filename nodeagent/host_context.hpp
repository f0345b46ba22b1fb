#pragma once
#include "nodeagent/node_agent.hpp"
#include "nodeagent/pod/node_context.hpp"

#include <string>

namespace picket::nodeagent {

[[nodiscard]] bool is_loopback(const std::string& host);

/// The address that the server is reached from; for a server on this host, the one that others
/// would see.
[[nodiscard]] std::string find_node_ip(const NodeAgentOptions& options);

/// Tells this host apart from a copy of it; empty where nothing does.
[[nodiscard]] std::string host_identity(const NodeAgentOptions& options);

/// What pods are told of their host.
[[nodiscard]] NodeContext make_context(const NodeAgentOptions& options, const std::string& ip);

}  // namespace picket::nodeagent
