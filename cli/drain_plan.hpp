#pragma once
/// Which pods of a node a drain moves away, which it leaves, and what stands in its way. Pure.
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace picket::cli {

struct DrainRules {
    /// Daemon pods would come straight back, since they tolerate a cordon: they are left alone. If
    /// not ignored, one of them keeps the node from being drained.
    bool ignore_daemon_sets = true;
    bool force = false;                  ///< also pods that nothing makes again
    bool delete_empty_dir_data = false;  ///< also pods whose emptyDir volumes are lost with them
};

struct DrainPlan {
    std::vector<Json> evict;
    std::vector<std::string> warnings;
    std::vector<std::string> obstacles;  ///< not empty: nothing may be evicted
};

[[nodiscard]] DrainPlan plan_drain(const std::vector<Json>& pods, const DrainRules& rules);

}  // namespace picket::cli
