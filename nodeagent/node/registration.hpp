#pragma once
#include "common/client/api_client.hpp"
#include "nodeagent/local/credential_file.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// The pin at the end of a join token "<id>.<secret>.<ca sha256>"; empty if there is none.
[[nodiscard]] std::string pinned_ca(std::string_view join_token);

/// How this agent dials the server: with the CA it has kept, or before its registration with the
/// pin of the join token.
[[nodiscard]] Result<client::ApiClientOptions> api_options(
    const std::string& server, const std::string& join_token, const NodeCredential& credential);

/// Trades the join token for this node's own credential, and sets it on `api`. Conflict: another
/// living agent has the name.
Awaitable<Result<NodeCredential>> register_node(
    client::ApiClient& api, std::string join_token, NodeCredential credential);

}  // namespace picket::nodeagent
