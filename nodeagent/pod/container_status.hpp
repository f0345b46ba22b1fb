#pragma once
#include "common/base/json.hpp"
#include "nodeagent/pod/pod_snapshot.hpp"

namespace picket::nodeagent {

/// One entry of `containerStatuses` or `initContainerStatuses`.
[[nodiscard]] Json build_container_status(const PodSnapshot& snapshot, const Container& spec);

/// A container that waits and has never run.
[[nodiscard]] bool never_ran(const PodSnapshot& snapshot, const Container& spec);

}  // namespace picket::nodeagent
