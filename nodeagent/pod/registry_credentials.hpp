#pragma once
#include "nodeagent/pod/referenced_objects.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <string>
#include <vector>

namespace picket::nodeagent {

/// The credentials of these pull secrets (kubernetes.io/dockerconfigjson or dockercfg) that fit an
/// image, the most specific first. A key is a host with an optional port and path prefix;
/// "https://…/v1/" forms and "*." globs count.
[[nodiscard]] std::vector<RegistryCredential> credentials_for(
    const std::string& image, const std::vector<ObjectData>& secrets);

}  // namespace picket::nodeagent
