#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct PodReadiness {
    std::string pod;  ///< "namespace/name"
    bool ready = false;
    std::string why = {};  ///< not ready: what is waited for
    bool operator==(const PodReadiness&) const = default;
};

/// What `picket agent wait-ready` waits for: the pods of this host, once the agent knows them.
struct HostReadiness {
    bool known =
        false;  ///< local copy, manifest folder, engine and, on a new host, server were read
    std::vector<PodReadiness> pods = {};
    bool operator==(const HostReadiness&) const = default;

    [[nodiscard]] bool ready() const;
};

/// Why the pod of this status is not ready, for people.
[[nodiscard]] std::string unready_reason(const Json& status);

/// `<data dir>/readiness.json`, written by the agent whenever it changes. It speaks for a running
/// agent only: one that starts removes what an earlier one has left.
[[nodiscard]] Result<void> write_readiness(
    const std::filesystem::path& data_dir, const HostReadiness& readiness);
void forget_readiness(const std::filesystem::path& data_dir);
[[nodiscard]] std::optional<HostReadiness> read_readiness(const std::filesystem::path& data_dir);

}  // namespace picket::nodeagent
