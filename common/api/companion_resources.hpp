#pragma once
#include "common/api/resource.hpp"

#include <vector>

namespace picket {

/// What stands beside a DaemonSet in real manifests: services, roles, and kinds that are only kept.
/// Part of the table in resource.cpp.
[[nodiscard]] std::vector<Resource> companion_core_resources();
[[nodiscard]] std::vector<Resource> companion_group_resources();
[[nodiscard]] std::vector<Resource> rbac_resources();
[[nodiscard]] std::vector<Resource> kept_resources();

}  // namespace picket
