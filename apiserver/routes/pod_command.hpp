#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// …/pods/P/exec and …/attach: a command in a container, over WebSocket or SPDY.
Awaitable<Result<http::Response>> open_pod_command(Call call);

}  // namespace picket::apiserver
