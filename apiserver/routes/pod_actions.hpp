#pragma once
/// Subresources that do something instead of being an object.
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// POST pods/{pod}/binding: sets spec.nodeName, once.
Awaitable<Result<http::Response>> bind_pod(Call call);
/// POST pods/{pod}/eviction: a graceful delete, asked for politely. TooManyRequests while the pod's
/// disruption budget does not allow it.
Awaitable<Result<http::Response>> evict_pod(Call call);
/// PUT namespaces/{name}/finalize: replaces spec.finalizers; an emptied namespace vanishes with the
/// last one.
Awaitable<Result<http::Response>> finalize_namespace(Call call);

/// What is answered where an action has made something.
[[nodiscard]] http::Response created_status();

}  // namespace picket::apiserver
