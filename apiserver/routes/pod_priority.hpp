#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// Fills in what a new pod's PriorityClass says: `priority`, and `preemptionPolicy`; a pod that
/// names no class gets the one that is the default of the cluster, or 0. Forbidden if the class is
/// not there, or if the pod says something else than its class. Mirrors of static pods are left
/// alone.
[[nodiscard]] Result<void> give_priority(const storage::Store& store, Json& pod);

}  // namespace picket::apiserver
