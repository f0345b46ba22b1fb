#pragma once
#include "nodeagent/pod/pod_snapshot.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct StartContainer {
    std::string container;
    int attempt = 0;
    /// Set for a restart: the container that ended.
    std::string replaces = {};
};

struct StopContainer {
    std::string id;
    std::string container;
    std::chrono::seconds grace{0};
    std::string why;  ///< for the Killing event
};

/// What to do now to bring a pod closer to what is wanted. Everything in one plan may be done
/// together; the next plan is made when something of it has been done.
struct PodPlan {
    bool prepare_volumes = false;
    bool refresh_files = false;               ///< of volumes that are there already
    std::optional<int> create_sandbox;        ///< its attempt
    std::vector<std::string> prepare_images;  ///< of these containers
    std::vector<StartContainer> start;
    std::vector<StopContainer> stop;
    std::vector<std::string> remove;           ///< container ids that are of no use any more
    std::vector<std::string> restart_blocked;  ///< containers that wait for their back-off
    std::optional<TimePoint> wake_at;
    /// Nothing of the pod is left in the engine and nothing will come: its folder may go, then the
    /// object.
    bool gone = false;
};

/// The pod is wanted: keep its containers running as the spec and the restart policy say.
[[nodiscard]] PodPlan plan_pod(const PodSnapshot& snapshot);

/// The pod must end: ordinary containers together, then sidecars in reverse order, then the
/// sandbox, then all is removed.
[[nodiscard]] PodPlan plan_pod_end(const PodSnapshot& snapshot, std::chrono::seconds grace);

}  // namespace picket::nodeagent
