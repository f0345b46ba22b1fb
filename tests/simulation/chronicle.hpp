#pragma once
#include "tests/simulation/cluster_view.hpp"
#include "tests/simulation/invariants.hpp"
#include "tests/simulation/simulated_cluster.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>

namespace picket::simulation {

/// What users and faults did on purpose, so that nobody else is blamed for it.
struct Interference {
    std::set<std::string> deleted;  ///< uids of pods that a user deleted or evicted
    std::set<std::string> forced;   ///< … without waiting for their containers
    /// Pods that nothing may remove, by name, and their hosts.
    std::map<std::string, std::string> lasting;
    /// A create of controllers that have ended, or whose wire was broken, may arrive late until
    /// then: others have asked once more, and for a moment there may be two pods in place of one.
    std::chrono::milliseconds ambiguous_until{0};
};

/// What must hold of a course of events, not of one moment:
/// - revisions only grow, and a restarted server has kept what it acknowledged;
/// - a healthy container is ended only when its pod has to go;
/// - the containers of two pods of one set never run side by side on a host without surge, nor two
///   of one name in a pod;
/// - we never take down more healthy daemons at a time than maxUnavailable allows, and none under
///   OnDelete.
class Chronicle {
public:
    using Time = std::chrono::milliseconds;

    [[nodiscard]] Complaints look(
        const ClusterView& view, SimulatedCluster& cluster, Interference& interference, Time now);

private:
    struct SeenPod {
        std::string node, set_uid, set_name;
        bool surges = false, deleting = false;
        std::optional<Time> ready_since;
    };
    struct Budget {
        std::deque<std::pair<Time, std::int64_t>> allowed;  // of the last while
        std::set<std::string> down;                         // nodes that wait for their daemon
        std::optional<std::int64_t> desired;
    };

    void note_pods(const ClusterView& view, Interference& interference, Time now);
    void note_removed_nodes(const ClusterView& view, Interference& interference);
    void check_revision(SimulatedCluster& cluster, Complaints& complaints);
    void check_ended(const ClusterView& view, SimulatedHost& host, Complaints& complaints);
    void check_side_by_side(
        SimulatedHost& host, const Interference& interference, Complaints& complaints);
    void check_budget(const ClusterView& view, const ClusterView::Object& set, Time now);
    void note_taken_down(
        const ClusterView& view,
        const std::string& uid,
        const Interference& interference,
        Time now,
        Complaints& complaints);

    storage::Revision revision_ = 0;
    std::map<std::string, std::string> node_uids_;
    std::map<std::string, SeenPod> pods_;    // by uid
    std::map<std::string, Budget> budgets_;  // by the set's uid
    std::map<std::string, std::uint64_t> engine_changes_;
};

}  // namespace picket::simulation
