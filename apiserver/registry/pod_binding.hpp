#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

namespace picket::registry {

/// The `binding` subresource: sets spec.nodeName of a pod that has none. Conflict if it is bound
/// already or is being deleted, Invalid if the Binding names no node.
[[nodiscard]] Result<void> bind_pod(Json& pod, const Json& binding);

}  // namespace picket::registry
