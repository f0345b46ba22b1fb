#pragma once
#include "common/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace picket::nodeagent {

/// Mounts what lies at `below` inside the folder `volume` on `target`, so that the engine binds
/// exactly what was checked. Links are followed only as long as they stay inside the volume,
/// whatever a container does there meanwhile; what is missing is made as a folder.
[[nodiscard]] Result<void> bind_sub_path(
    const std::filesystem::path& volume,
    const std::string& below,
    const std::filesystem::path& target);

/// The text of a file inside the folder `volume`, of 64 KiB at most; nothing if there is none. A
/// container may have put anything there: links that lead out, and what is no plain file, are
/// refused.
[[nodiscard]] Result<std::optional<std::string>> read_inside(
    const std::filesystem::path& volume, const std::string& below);

}  // namespace picket::nodeagent
