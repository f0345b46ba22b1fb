#pragma once
#include "common/base/result.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"

#include <optional>
#include <string>

namespace picket::nodeagent {

/// What applies to a container: its own profile, else the pod's.
[[nodiscard]] std::optional<SecurityProfile> seccomp_of(const Pod& pod, const Container& container);
[[nodiscard]] std::optional<SecurityProfile> app_armor_of(
    const Pod& pod, const Container& container);

/// The JSON text of a seccomp profile of type Localhost, from the node's profile folder; empty for
/// the other types.
[[nodiscard]] Result<std::string> read_seccomp_profile(
    const Pod& pod, const Container& container, const NodeContext& node);

}  // namespace picket::nodeagent
