#pragma once
#include "common/base/result.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace picket::nodeagent {

/// Who this agent is. The agent id is made once per data dir; token and CA come with the
/// registration.
struct NodeCredential {
    std::string agent_id;
    std::string node_name;
    std::string token;   ///< empty before the registration
    std::string ca_pem;  ///< of the server; empty over plain HTTP
};

/// `<data dir>/credential.json`, mode 0600.
[[nodiscard]] Result<void> save_credential(
    const std::filesystem::path& data_dir, const NodeCredential& credential);
/// Nothing if there is none, or if it is of another node; an error if it is there and cannot be
/// read.
[[nodiscard]] Result<std::optional<NodeCredential>> load_credential(
    const std::filesystem::path& data_dir, const std::string& node_name);

}  // namespace picket::nodeagent
