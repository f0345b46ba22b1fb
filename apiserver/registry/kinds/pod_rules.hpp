#pragma once
/// The parts of the Pod's strategy.
#include "apiserver/registry/document.hpp"
#include "common/base/result.hpp"

namespace picket::registry {

/// What an update of a pod may change: labels, annotations, images, a shorter deadline, more
/// tolerations.
[[nodiscard]] FieldErrors validate_pod_update(const Json& object, const Json& old);

/// A pod that says nothing of silent nodes stays 300 s on one, then is evicted.
void add_default_tolerations(Json& spec);

}  // namespace picket::registry
