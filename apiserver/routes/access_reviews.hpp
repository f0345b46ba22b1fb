#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// Questions about users and their permissions, answered by what decides requests: `kubectl auth
/// whoami` and `auth can-i`. Nothing is stored.
Awaitable<Result<http::Response>> review_self(Call call);
Awaitable<Result<http::Response>> review_own_access(Call call);
Awaitable<Result<http::Response>> review_own_rules(Call call);
/// About anybody.
Awaitable<Result<http::Response>> review_access(Call call);
/// About anybody, in the namespace of the path.
Awaitable<Result<http::Response>> review_local_access(Call call);

}  // namespace picket::apiserver
