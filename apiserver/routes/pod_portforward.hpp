#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// …/pods/P/portforward: connections to ports of a pod. Spoken are SPDY, inside a WebSocket or
/// alone, as kubectl does, and channels of a WebSocket, as client libraries do.
Awaitable<Result<http::Response>> open_port_forward(Call call);

}  // namespace picket::apiserver
