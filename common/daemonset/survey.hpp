#pragma once
#include "common/api/daemonset.hpp"
#include "common/api/node.hpp"
#include "common/api/pod.hpp"
#include "common/daemonset/placement.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace picket::daemonset {

using PodPtr = std::shared_ptr<const Pod>;
using NodePtr = std::shared_ptr<const Node>;
using NodesByName = std::map<std::string, NodePtr>;
using PodsByNode = std::unordered_map<std::string, std::vector<PodPtr>>;  ///< by target node

/// One node as one set sees it: all that a decision about this node may depend on.
struct NodeSituation {
    std::string node;
    bool exists = true;  ///< false: pods name a node that is not there
    Placement placement = {};
    /// Set while nothing is heard of the node: its condition Ready is Unknown. What its pods'
    /// status says is old then.
    std::optional<TimePoint> silent_since = std::nullopt;
    bool can_prefetch = false;  ///< its agent pulls images ahead when it is asked
    /// The set's pods aimed at this node, in the order in which one of several survives: bound
    /// before unbound, then the oldest, then by name. Finished pods that are already being deleted
    /// are left out: they are as good as gone, so that a finalizer cannot hold up their
    /// replacement.
    std::vector<PodPtr> pods = {};

    [[nodiscard]] bool silent() const { return silent_since.has_value(); }
};

/// Since when nothing is heard of the node; nothing if it is heard.
[[nodiscard]] std::optional<TimePoint> silent_since(const Node& node);

/// One node (null: it is not there) with the set's pods aimed at it, in any order.
[[nodiscard]] NodeSituation situation_of(
    const PlacementRules& rules,
    const std::string& name,
    const NodePtr& node,
    std::vector<PodPtr> pods);

/// One situation per node, and one for each missing node that pods name, ordered by node name.
/// Every decision, count and explanation about the set reads this one answer, so they cannot
/// disagree.
[[nodiscard]] std::vector<NodeSituation> survey(
    const DaemonSet& set, const NodesByName& nodes, const PodsByNode& pods);

/// The pods of a silent node are never ready, whatever their last status says.
[[nodiscard]] inline bool is_ready(const NodeSituation& situation, const Pod& pod) {
    return pod.ready && !situation.silent();
}
/// Ready for at least the set's minReadySeconds.
[[nodiscard]] bool is_available(
    const NodeSituation& situation, const Pod& pod, const DaemonSet& set, TimePoint now);
/// When the next of the pods becomes available by waiting alone, if minReadySeconds makes one wait.
[[nodiscard]] std::optional<TimePoint> becomes_available(
    const NodeSituation& situation, const DaemonSet& set, TimePoint now);

}  // namespace picket::daemonset
