#pragma once
#include "apiserver/routes/call.hpp"

#include <optional>
#include <string>

namespace picket::apiserver {

/// What is known about the present holder of a node's name.
struct NameHolder {
    std::string agent_id;
    TimePoint issued;  ///< when its credential was made
    bool node_exists = false;
    std::optional<TimePoint> lease_end = std::nullopt;  ///< renewTime + leaseDurationSeconds
};

/// Whether an agent may have the credential of a name: it is its own already, or its holder has
/// been silent for some minutes, has never come alive, or has had its Node deleted. Conflict
/// otherwise. Pure.
[[nodiscard]] Result<void> may_take_name(
    const std::string& node, const std::string& agent_id, const NameHolder& holder, TimePoint now);

/// POST /apis/picket.dev/v1/nodecredentials {"nodeName","agentId"}: answers {"token"}, the
/// credential of system:node:<nodeName>. A new one takes the place of the old one.
Awaitable<Result<http::Response>> create_node_credential(Call call);

}  // namespace picket::apiserver
