#pragma once
#include "common/daemonset/failed_pod_backoff.hpp"
#include "common/daemonset/pod_template.hpp"
#include "common/daemonset/survey.hpp"
#include "common/daemonset/turn.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::daemonset {

/// Why a plan deletes a pod.
enum class DeleteReason {
    NotEligible,  ///< the node no longer has a place for it
    NodeMissing,  ///< never bound, aimed at a node that is not there
    Failed,
    Succeeded,
    Duplicate,  ///< another pod of the set keeps the node
    Outdated,   ///< rolling update: made from an older template
};
[[nodiscard]] std::string_view delete_reason_name(DeleteReason reason);

struct PlannedDelete {
    std::string pod;
    std::string uid;
    std::string node;
    DeleteReason reason;
};

struct PlannedEvent {
    bool warning = false;
    std::string reason;
    std::string message;
};

/// What one sync does about the set's pods.
struct DaemonPlan {
    std::vector<std::string> creates = {};  ///< node names
    std::vector<PlannedDelete> deletes = {};
    std::vector<PlannedEvent> events = {};
    /// Look again then, for nothing else will wake the set.
    std::optional<Duration> requeue_after = std::nullopt;
    std::vector<std::pair<std::string, FailedPodBackoff::Entry>> backoff =
        {};            ///< entries to set, by node
    Turns turns = {};  ///< to remember until the nodes' next pods are there
    /// Names of pods that stay until the new images are on their hosts: ask the agents to pull.
    std::vector<std::string> prefetches = {};

    /// Nothing is to be done, said or waited for.
    [[nodiscard]] bool empty() const {
        return idle() && events.empty() && !requeue_after && backoff.empty() && turns.empty() &&
               prefetches.empty();
    }
    [[nodiscard]] bool idle() const { return creates.empty() && deletes.empty(); }
    void look_again_after(Duration delay);
};

/// What hosts add to a rolling update by number alone.
struct RolloutCounts {
    std::int64_t desired = 0;
    std::int64_t unavailable = 0;
    std::int64_t surging = 0;
    std::int64_t works = 0;   ///< an available pod of either revision is there
    std::int64_t proven = 0;  ///< a new pod has worked there
};

struct PlanInput {
    const DaemonSet& set;
    const CurrentRevision& revision;
    const std::vector<NodeSituation>& situations;
    const FailedPodBackoff& backoff;
    TimePoint now;
    /// Of nodes whose old pod is on its way out or gone, and whose new one is not there yet.
    const Turns& turns = no_turns();
    /// Of the hosts that are not in `situations`, because a plan need not look at them
    /// (host_share.hpp).
    RolloutCounts others = {};

    [[nodiscard]] static const Turns& no_turns();
};

/// Placement (one live pod on each node that should run one, none where none may be), then, for
/// RollingUpdate, the next step of the update on the nodes that placement left alone.
[[nodiscard]] DaemonPlan plan_daemonset(const PlanInput& input);

/// The placement part for one node alone, appended to `plan`. Depends on nothing but this node's
/// situation.
void plan_node(const PlanInput& input, const NodeSituation& situation, DaemonPlan& plan);

/// True if the set may have two pods on a node while it is being updated.
[[nodiscard]] bool allows_surge(const DaemonSet& set);

}  // namespace picket::daemonset
