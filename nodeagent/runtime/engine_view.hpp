#pragma once
#include <filesystem>
#include <string>

namespace picket::nodeagent {

/// The host's files as the engine's process sees them. What the agent mounts reaches the engine
/// only where both share a mount namespace, or where the agent's passes its mounts on.
class EngineView {
public:
    /// `endpoint`: "unix:///var/run/docker.sock". Of an engine elsewhere nothing can be known.
    explicit EngineView(std::string endpoint) : endpoint_(std::move(endpoint)) {}

    /// Whether the engine sees other files than the agent at this mount point. False where that
    /// cannot be known. Asks the kernel; never waits.
    [[nodiscard]] bool misses(const std::filesystem::path& mount_point) const;

private:
    std::string endpoint_;
};

}  // namespace picket::nodeagent
