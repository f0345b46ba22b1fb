#pragma once
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/tunnel_hub.hpp"

#include <string>

namespace picket::apiserver {

struct NodePage {
    std::string content_type;
    std::string text;
};

/// What the node's agent shows under this path. RequestEntityTooLarge above kMaxNodePage, Timeout
/// after kNodePageTimeout.
inline constexpr std::size_t kMaxNodePage = 32U << 20U;
inline constexpr std::chrono::seconds kNodePageTimeout{20};
[[nodiscard]] Awaitable<Result<NodePage>> fetch_node_page(
    TunnelHub& hub, std::string node, std::string path);

/// GET /api/v1/nodes/{node}/proxy/{path}
Awaitable<Result<http::Response>> proxy_node(Call call);

}  // namespace picket::apiserver
