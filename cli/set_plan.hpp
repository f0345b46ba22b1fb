#pragma once
#include "cli/session.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

namespace picket::cli {

[[nodiscard]] bool is_daemon_set(const Json& object);

/// The server's answer to what writing this DaemonSet would do on each host.
[[nodiscard]] Result<Json> plan_of(Session& session, const Json& set);

}  // namespace picket::cli
