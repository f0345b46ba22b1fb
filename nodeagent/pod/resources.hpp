#pragma once
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_spec.hpp"

#include <string_view>

namespace picket::nodeagent {

enum class QosClass { Guaranteed, Burstable, BestEffort };
[[nodiscard]] QosClass qos_class(const Pod& pod);
[[nodiscard]] std::string_view qos_name(QosClass qos);

/// Weights and limits of one container in the engine's units.
[[nodiscard]] ContainerResources engine_resources(
    const Pod& pod, const Container& container, std::int64_t node_memory_bytes);

/// What the pod asks of its node: ordinary containers and sidecars together, or an init container
/// with the sidecars before it, whichever is more.
[[nodiscard]] Quantity pod_request(const Pod& pod, std::string_view resource);

}  // namespace picket::nodeagent
