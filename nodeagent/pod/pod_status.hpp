#pragma once
#include "common/base/json.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod_snapshot.hpp"

namespace picket::nodeagent {

/// `status` of the pod as the agent reports it: phase, conditions, container states, addresses.
/// `previous` is the last status known (null if none): a condition's lastTransitionTime changes
/// only with its status, conditions that others set are kept, and startTime stays.
[[nodiscard]] Json build_pod_status(
    const PodSnapshot& snapshot, const NodeContext& node, const Json& previous);

}  // namespace picket::nodeagent
