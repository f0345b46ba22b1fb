#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// POST …/serviceaccounts/NAME/token: a signed token of the account (`kubectl create token`), which
/// may be bound to a pod or secret. A node gets one only for a pod that is bound to it.
Awaitable<Result<http::Response>> create_service_account_token(Call call);

}  // namespace picket::apiserver
