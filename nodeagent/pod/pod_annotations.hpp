#pragma once
#include "nodeagent/pod/pod.hpp"

namespace picket::nodeagent {

/// Manifests from before a field existed say the same in an annotation: seccomp and AppArmor
/// profiles, init containers. A field that is set wins.
void apply_annotations(Pod& pod);

}  // namespace picket::nodeagent
