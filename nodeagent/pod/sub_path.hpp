#pragma once
#include "common/base/result.hpp"

#include <filesystem>
#include <string>

namespace picket::nodeagent {

/// Mounts what lies at `below` inside the folder `volume` on `target`, so that the engine binds
/// exactly what was checked. Links are followed only as long as they stay inside the volume,
/// whatever a container does there meanwhile; what is missing is made as a folder.
[[nodiscard]] Result<void> bind_sub_path(
    const std::filesystem::path& volume,
    const std::string& below,
    const std::filesystem::path& target);

}  // namespace picket::nodeagent
