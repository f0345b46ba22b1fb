#pragma once
#include "tests/simulation/cluster_view.hpp"
#include "tests/simulation/simulated_cluster.hpp"

#include <map>
#include <string>
#include <vector>

namespace picket::simulation {

using Complaints = std::vector<std::string>;

/// Whether a set's daemon belongs on a node, by the rule as a reader of the manual would put it;
/// nothing of the controller's code. Either: one that is there stays, a new one does not come.
enum class Wanted { One, None, Either };
[[nodiscard]] Wanted wanted_on(const ClusterView::Object& node, const ClusterView::Object& set);

/// What must hold at every moment: one live daemon pod per set and node (sets without surge),
/// counters of a status that fit together.
[[nodiscard]] Complaints check_always(const ClusterView& view, bool creates_are_ambiguous);

/// The placement that the server tells of a set: each node of the store has exactly one state, and
/// they add up to the counters.
[[nodiscard]] Complaints check_placement(const std::string& set, SimulatedCluster& cluster);

/// What must hold once faults have stopped for long enough: every eligible node has exactly its
/// ready pod of the present template, every other none, the status says so, and each engine runs
/// exactly what its node's pods ask for; pods that nothing may remove are there. What is not so
/// yet.
[[nodiscard]] Complaints check_settled(
    const ClusterView& view,
    SimulatedCluster& cluster,
    const std::map<std::string, std::string>& lasting);

}  // namespace picket::simulation
