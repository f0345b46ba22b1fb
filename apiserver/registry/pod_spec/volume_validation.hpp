#pragma once
#include "apiserver/registry/document.hpp"
#include "apiserver/registry/pod_spec/container_validation.hpp"

#include <string>

namespace picket::registry {

/// Validates the volumes of a pod and answers their names, which mounts refer to.
Names validate_volumes(const Json& volumes, const std::string& path, FieldErrors& errors);
/// A path below a volume: relative, without "..".
void validate_inner_path(const std::string& value, const std::string& path, FieldErrors& errors);

}  // namespace picket::registry
