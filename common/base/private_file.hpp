#pragma once
#include "common/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace picket {

/// Writes the whole file or nothing of it (temporary file, fsync, rename), readable for its owner
/// alone: after a crash or power cut there is the old file or the new one. Blocking.
[[nodiscard]] Result<void> write_private_file(
    const std::filesystem::path& path, std::string_view content);
/// The same without waiting for the disk: for what is worked out anew after a power cut.
[[nodiscard]] Result<void> replace_private_file(
    const std::filesystem::path& path, std::string_view content);
/// Like write_private_file, but only if the content differs.
[[nodiscard]] Result<void> update_private_file(
    const std::filesystem::path& path, std::string_view content);
/// Nothing if there is no such file.
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::filesystem::path& path);
/// For files that one can do without: "" also for one that cannot be read.
[[nodiscard]] std::string read_file_or_empty(const std::filesystem::path& path);
/// Makes the names in it durable.
[[nodiscard]] Result<void> sync_directory(const std::filesystem::path& path);
/// Creates the directory and its parents if they are missing, and keeps others out of it (mode
/// 0700).
[[nodiscard]] Result<void> make_private_directory(const std::filesystem::path& path);

}  // namespace picket
