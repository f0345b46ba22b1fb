#pragma once
#include "common/base/json.hpp"

#include <string>

namespace picket::cli {

/// How far the rollout of a DaemonSet is.
struct RolloutStatus {
    bool done = false;
    std::string message;
};
/// Pure. A set whose strategy is OnDelete has no rollout: done, and the message says so.
[[nodiscard]] RolloutStatus rollout_status(const Json& daemon_set);

}  // namespace picket::cli
