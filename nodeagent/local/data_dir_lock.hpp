#pragma once
#include "common/base/file_descriptor.hpp"
#include "common/base/result.hpp"

#include <chrono>
#include <string>

namespace picket::nodeagent {

/// Keeps two agents from using one data dir. Released by the kernel when the process ends, however
/// it ends.
class DataDirLock {
public:
    /// Another holder is waited for up to `patience`.
    Result<void> acquire(
        const std::string& data_dir,
        std::chrono::milliseconds patience = std::chrono::milliseconds{0});
    /// Whether an agent runs on this data dir.
    [[nodiscard]] static bool is_held(const std::string& data_dir);

private:
    FileDescriptor lock_;
};

}  // namespace picket::nodeagent
