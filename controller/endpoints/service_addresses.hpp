#pragma once
/// What Endpoints and EndpointSlices say alike: ports, references, metadata. Pure.
#include "controller/endpoints/endpoints_plan.hpp"

namespace picket::controller {

/// The service's ports as numbers of this pod; a name that no container bears is left out.
[[nodiscard]] Json ports_on(const Service& service, const Pod& pod);
[[nodiscard]] Json pod_reference(const Pod& pod);
[[nodiscard]] bool counts_as_ready(const Service& service, const Pod& pod);
/// name, namespace, labels of the service, and the service as owner.
[[nodiscard]] Json metadata_for(const Service& service);

}  // namespace picket::controller
