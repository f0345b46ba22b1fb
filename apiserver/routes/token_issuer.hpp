#pragma once
#include "apiserver/auth/token.hpp"
#include "apiserver/routes/call.hpp"

#include <functional>

namespace picket::apiserver {

/// Stores a record under the id, in place of the one that is there if `may_replace` allows it.
using MayReplace = std::function<Result<void>(const TokenRecord& present)>;
Awaitable<Result<void>> store_token(
    storage::Store& store, std::string id, TokenRecord record, MayReplace may_replace);

/// POST /apis/picket.dev/v1/tokens: makes a token; its secret is in the answer (`status.token`) and
/// nowhere else.
Awaitable<Result<http::Response>> create_token(Call call);

}  // namespace picket::apiserver
