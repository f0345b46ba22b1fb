#pragma once
#include "common/base/result.hpp"

#include <string>

namespace picket::nodeagent {

/// Checks a hostPath by its type and makes what DirectoryOrCreate and FileOrCreate ask for. Without
/// a type a missing path becomes a folder, which the engine makes; never in place of
/// `engine_socket`.
[[nodiscard]] Result<void> prepare_host_path(
    const std::string& path, const std::string& type, const std::string& engine_socket);

}  // namespace picket::nodeagent
