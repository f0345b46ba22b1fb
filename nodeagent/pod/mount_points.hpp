#pragma once
#include "common/base/result.hpp"
#include "nodeagent/runtime/container_spec.hpp"

#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// Makes the places of mounts that lie inside of another mount, where that one shows a folder of
/// `agent_made`. Such a folder is mounted read-only, so the engine could not make them itself: a
/// ConfigMap at /etc/app and another volume at /etc/app/more.
[[nodiscard]] Result<void> make_mount_points(
    const std::vector<BindMount>& mounts, const std::set<std::string>& agent_made);

}  // namespace picket::nodeagent
