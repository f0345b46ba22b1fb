#pragma once
#include "apiserver/storage/backup.hpp"

#include <filesystem>

namespace picket::apiserver {

/// Makes `data_dir` what it was when `backup` was made, for a server that is started on it then.
/// Refuses while a server runs on it, and if it holds a store, unless `replace`: that one is kept
/// beside the new one, with ".replaced" at the end of its names. Nothing is changed before the
/// backup has been read and found whole.
[[nodiscard]] Result<storage::BackupContent> restore_data_dir(
    const std::string& backup, const std::filesystem::path& data_dir, bool replace);

}  // namespace picket::apiserver
