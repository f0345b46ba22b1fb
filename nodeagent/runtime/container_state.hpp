#pragma once
#include "common/base/clock.hpp"
#include "nodeagent/runtime/container_spec.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace picket::nodeagent {

enum class ContainerPhase { Created, Running, Exited };

/// A container as the runtime sees it now.
struct ContainerState {
    std::string id;
    std::string name;
    std::string image;     ///< as it was asked for
    std::string image_id;  ///< "sha256:…"
    ContainerLabels labels = {};
    ContainerPhase phase = ContainerPhase::Created;
    int exit_code = 0;
    bool oom_killed = false;
    bool tty = false;
    std::string error = {};    ///< the runtime's words when it could not start
    std::string address = {};  ///< of its own network; empty for host or joined networks
    std::string network_mode = {};
    int pid = 0;  ///< of its first process, as the engine's host counts; 0 when it does not run
    std::string log_path = {};
    std::optional<TimePoint> created = {};
    std::optional<TimePoint> started = {};
    std::optional<TimePoint> finished = {};

    [[nodiscard]] bool running() const { return phase == ContainerPhase::Running; }
    [[nodiscard]] bool exited() const { return phase == ContainerPhase::Exited; }
    /// The value of a label, or "".
    [[nodiscard]] std::string label(std::string_view key) const {
        const auto found = labels.find(key);
        return found == labels.end() ? std::string() : found->second;
    }
};

struct ImageInfo {
    std::string id;                         ///< "sha256:…"
    std::vector<std::string> repo_digests;  ///< "name@sha256:…"
    std::vector<std::string> tags = {};     ///< "name:tag"
    std::string user = {};                  ///< USER of the image
    std::uint64_t size_bytes = 0;
};

/// IPv4.
struct BridgeNetwork {
    std::string gateway;  ///< the host's own address on it
    std::string subnet;   ///< "172.17.0.0/16"
};

struct RuntimeInfo {
    std::string version;  ///< "20.10.24"
    std::string operating_system;
    std::string kernel_version;
    std::string root_dir;  ///< the engine's data folder
    std::vector<std::string> runtimes;
    bool apparmor = false;
};

}  // namespace picket::nodeagent
