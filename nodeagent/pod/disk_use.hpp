#pragma once
#include <cstdint>
#include <filesystem>

namespace picket::nodeagent {

/// Bytes that the folder takes on its disk; what lies on other file systems does not count. May
/// take long: not for the loop thread.
[[nodiscard]] std::uint64_t disk_use(const std::filesystem::path& folder);

}  // namespace picket::nodeagent
