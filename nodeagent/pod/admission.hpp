#pragma once
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/pod_memory.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace picket::nodeagent {

/// Why this node refuses a pod, or nothing: OutOfcpu, OutOfmemory, OutOfpods, NodePorts,
/// PodOSNotSupported. Not the node's labels: whoever bound the pod knows them as they are now.
/// `others` are the pods that the node has accepted and that have not ended. Asked once, before
/// anything of the pod is made.
[[nodiscard]] std::optional<StateReason> refuse_pod(
    const Pod& pod, const std::vector<const Pod*>& others, const NodeContext& node);

}  // namespace picket::nodeagent
