#pragma once
#include "apiserver/routes/call.hpp"

namespace picket::apiserver {

/// GET …/daemonsets/NAME/placement[?node=NODE]: for each host the state of the set there, with its
/// reason. Worked out when it is asked, from what the store holds then.
Awaitable<Result<http::Response>> get_placement(Call call);

/// POST …/daemonsets/NAME/plan with a DaemonSet: what would happen on each host if it were written
/// in place of the one that is there, or as a new one. Writes nothing.
Awaitable<Result<http::Response>> plan_daemon_set(Call call);

}  // namespace picket::apiserver
