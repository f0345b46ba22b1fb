#pragma once
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/pod_memory.hpp"

#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// Why the pod's kernel settings keep it from this node: only those that stay within the pod's own
/// namespaces are allowed, and what the node's owner has added ("net.core.somaxconn",
/// "kernel.msg*").
[[nodiscard]] std::optional<StateReason> refuse_sysctls(
    const Pod& pod, const std::vector<std::string>& also_allowed);

}  // namespace picket::nodeagent
