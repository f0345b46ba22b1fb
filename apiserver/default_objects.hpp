#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// Makes the roles, bindings and priority classes of default_objects.json that are missing. One
/// that somebody has changed stays as it is.
Awaitable<Result<void>> ensure_default_objects(Services& services);

}  // namespace picket::apiserver
