#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// GET /apis/picket.dev/v1/nodes/{node}/tunnel: the agent's control stream; with /{id}: a stream it
/// opens for us.
Awaitable<Result<http::Response>> open_tunnel(Call call);
/// GET /api/v1/namespaces/{ns}/pods/{pod}/log
Awaitable<Result<http::Response>> get_pod_log(Call call);

}  // namespace picket::apiserver
