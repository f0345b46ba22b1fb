#pragma once
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/tunnel_hub.hpp"
#include "common/base/json.hpp"

#include <string>

namespace picket::apiserver {

/// The pod of the call's path.
[[nodiscard]] Result<Json> pod_of(const Call& call);
/// The container that `named` means: itself, or the only or default one. BadRequest as the kubelet
/// words it.
[[nodiscard]] Result<std::string> choose_container(const Json& pod, const std::string& named);
/// A request about this pod, without container and parameters.
[[nodiscard]] StreamRequest stream_request(std::string kind, const Json& pod);
/// Asks the pod's host for the stream. What the agent refuses is an error too.
[[nodiscard]] Awaitable<Result<TunnelStream>> open_pod_stream(
    TunnelHub& hub, std::string node, StreamRequest request);
/// The host that the pod is on; BadRequest if it has none.
[[nodiscard]] Result<std::string> node_of(const Json& pod);

}  // namespace picket::apiserver
