#pragma once
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "nodeagent/pod/volume_files.hpp"

#include <filesystem>
#include <optional>

namespace picket::nodeagent {

/// Makes `folder` show exactly `files`, all of them changing at once, in the layout that programs
/// watch for:
///
///     ..2026_01_02_03_04_05.000006/app.conf     the files
///     ..data -> ..2026_01_02_03_04_05.000006    replaced by one rename
///     app.conf -> ..data/app.conf
///
/// Does nothing when the content is already there. `group` owns the files if given.
[[nodiscard]] Result<void> write_atomic_folder(
    const std::filesystem::path& folder,
    const VolumeFiles& files,
    std::optional<unsigned> group,
    TimePoint now);

}  // namespace picket::nodeagent
