#pragma once
#include "apiserver/auth/user.hpp"
#include "common/base/json.hpp"

namespace picket::apiserver {

/// A user as reviews show one (`UserInfo` of authentication.k8s.io).
[[nodiscard]] Json user_info(const User& user);

}  // namespace picket::apiserver
