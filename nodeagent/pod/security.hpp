#pragma once
#include "common/base/result.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_spec.hpp"
#include "nodeagent/runtime/container_state.hpp"

namespace picket::nodeagent {

/// The security settings of one container, pod and container level merged. `seccomp_json` is the
/// text of its Localhost profile, if it has one. Invalid when the
/// container must not be made: it then waits with CreateContainerConfigError.
[[nodiscard]] Result<ContainerSecurity> engine_security(
    const Pod& pod,
    const Container& container,
    const ImageInfo& image,
    const std::string& seccomp_json);

}  // namespace picket::nodeagent
