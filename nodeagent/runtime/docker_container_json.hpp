#pragma once
/// Containers in the words of the Docker Engine API v1.41. Pure.
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "nodeagent/runtime/container_spec.hpp"
#include "nodeagent/runtime/container_state.hpp"

namespace picket::nodeagent {

/// The body of POST /containers/create. Fields that say nothing are left out: an empty list means
/// something else to the engine than none. The engine never restarts a container by itself and
/// never runs an image's own health check.
[[nodiscard]] Json to_create_body(const ContainerSpec& spec);

/// From GET /containers/{id}/json.
[[nodiscard]] ContainerState parse_container(const Json& inspect);
/// From GET /images/{name}/json.
[[nodiscard]] ImageInfo parse_image(const Json& inspect);
/// From GET /info.
[[nodiscard]] RuntimeInfo parse_info(const Json& info);

/// From GET /networks/bridge.
[[nodiscard]] Result<BridgeNetwork> parse_bridge(const Json& network);

}  // namespace picket::nodeagent
