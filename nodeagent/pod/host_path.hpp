#pragma once
#include "common/base/result.hpp"

#include <string>

namespace picket::nodeagent {

/// Checks a hostPath by its type, and changes nothing. Without a type a missing path becomes a
/// folder, which the engine makes; never in place of `engine_socket`.
[[nodiscard]] Result<void> check_host_path(
    const std::string& path, const std::string& type, const std::string& engine_socket);
/// Makes what DirectoryOrCreate and FileOrCreate ask for, where it is missing.
[[nodiscard]] Result<void> make_host_path(const std::string& path, const std::string& type);

}  // namespace picket::nodeagent
