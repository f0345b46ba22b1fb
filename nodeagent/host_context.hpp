#pragma once
#include "nodeagent/node_agent.hpp"
#include "nodeagent/pod/node_context.hpp"

#include <string>

namespace picket::nodeagent {

/// Tells this host apart from a copy of it; empty where nothing does.
[[nodiscard]] std::string host_identity(const NodeAgentOptions& options);

/// What pods are told of their host.
[[nodiscard]] NodeContext make_context(const NodeAgentOptions& options, const std::string& ip);

}  // namespace picket::nodeagent
