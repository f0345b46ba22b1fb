#pragma once
#include "common/base/result.hpp"
#include "nodeagent/pod/environment.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_spec.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <string>
#include <vector>

namespace picket::nodeagent {

/// What one container is made from besides its entry in the pod.
struct ContainerInputs {
    std::string sandbox_id;  ///< empty: the pod has none
    int attempt = 0;
    Environment environment;
    std::vector<BindMount> mounts;
    ImageInfo image;
    std::string seccomp_json = {};  ///< of a Localhost profile
};

[[nodiscard]] Result<ContainerSpec> build_container_spec(
    const Pod& pod, const Container& container, const NodeContext& node, ContainerInputs inputs);

[[nodiscard]] ContainerSpec build_sandbox_spec(
    const Pod& pod, const NodeContext& node, const std::string& image, int attempt);

}  // namespace picket::nodeagent
