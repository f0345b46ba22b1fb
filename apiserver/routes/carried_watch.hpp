#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// POST /apis/picket.dev/v1/nodes/{node}/tunnel: a watch whose lines go out on the agent's control
/// stream. Refused as the watch itself would be; Conflict if that control stream is not open.
Awaitable<Result<http::Response>> carry_watch(Call call);

}  // namespace picket::apiserver
