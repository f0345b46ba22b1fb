#pragma once
#include "common/api/quantity.hpp"
#include "common/base/json.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace picket {

using ResourceList = std::map<std::string, Quantity, std::less<>>;

/// A sidecar: an init container that goes on running beside those after it (restartPolicy Always).
[[nodiscard]] bool is_sidecar(const Json& init_container);

/// "requests" or "limits" of a container; what is no quantity is left out.
[[nodiscard]] ResourceList container_resources(const Json& container, const char* which);

/// What a pod needs of its node: the sum over its containers and restartable init containers, or
/// what a single init container needs while it runs, whichever is more.
[[nodiscard]] ResourceList effective_requests(const Json& pod_spec);

/// "Guaranteed", "Burstable" or "BestEffort".
[[nodiscard]] std::string_view qos_class(const Json& pod_spec);

}  // namespace picket
