#pragma once
/// Paths about the server itself.
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

Awaitable<Result<http::Response>> get_health(Call call);
Awaitable<Result<http::Response>> get_version(Call call);
Awaitable<Result<http::Response>> get_metrics(Call call);

}  // namespace picket::apiserver
