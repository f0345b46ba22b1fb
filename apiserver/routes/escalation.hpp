#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// Whoever writes a role or a binding gives rights away, and may give only those he has: Forbidden
/// otherwise. The verbs `escalate` (on roles) and `bind` (on the role that is bound) lift that.
/// Success for every other kind.
[[nodiscard]] Result<void> check_escalation(
    Services& services, const User& user, const Resource& resource, const Json& object);

}  // namespace picket::apiserver
