#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>

namespace picket::nodeagent {

/// What the engine is asked for: "", "rslave" or "rshared". The engine refuses HostToContainer
/// below a private mount; nothing ever comes through one, so there it means the same as nothing.
[[nodiscard]] std::string engine_propagation(
    const std::string& propagation, const std::filesystem::path& source);

/// Whether the mount that holds `path` passes on what is mounted below it, by the lines of
/// /proc/self/mountinfo.
[[nodiscard]] bool lies_on_passing_mount(
    std::istream& mountinfo, const std::filesystem::path& path);

}  // namespace picket::nodeagent
