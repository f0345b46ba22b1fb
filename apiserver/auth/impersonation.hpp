#pragma once
#include "apiserver/auth/authorizer.hpp"
#include "apiserver/auth/user.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

namespace picket::apiserver {

/// Who a request is to be decided for: `user`, or whom its Impersonate-… headers name (`kubectl
/// --as`). Forbidden unless `user` may `impersonate` that name, each of those groups, the uid and
/// each extra; BadRequest for any of these without a name. Never ignored: a client that asks for
/// less must not get more.
[[nodiscard]] Result<User> impersonated_user(
    const User& user, const http::Headers& headers, const NodeFacts& facts);

}  // namespace picket::apiserver
