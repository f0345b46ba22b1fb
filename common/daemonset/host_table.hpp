#pragma once
#include "common/daemonset/host_share.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>

namespace picket::daemonset {

/// What all hosts of one set add up to, kept by differences: an event on one host costs that host,
/// whatever the set has. The sums and the hosts that act say the same as a survey of all hosts;
/// that is this class's one invariant, and `host_table_test` holds it.
///
/// Made for one template and one revision of the set. What an event may have changed is touched; a
/// refresh looks at what was touched, and at what time alone has changed.
class HostTable {
public:
    /// The host as it is now; nothing if neither the node nor a pod of the set on it is there.
    using Look = std::function<std::optional<NodeSituation>(const std::string& node)>;

    HostTable(std::shared_ptr<const DaemonSet> set, CurrentRevision revision);

    /// Still made for what the set is now. Its status may differ.
    [[nodiscard]] bool serves(const DaemonSet& set, const CurrentRevision& revision) const;
    [[nodiscard]] const PlacementRules& rules() const { return rules_; }

    void touch(const std::string& node) { touched_.insert(node); }
    void refresh(const Look& look, TimePoint now);

    /// The hosts that a plan must look at, by name. The others are in `others()`.
    [[nodiscard]] const std::set<std::string>& acting() const { return acting_; }
    [[nodiscard]] const RolloutCounts& others() const { return others_; }
    /// As count_status says it of all hosts; `set` for the conditions it has so far.
    [[nodiscard]] CountedStatus status(const DaemonSet& set, TimePoint now) const;

private:
    void touch_what_time_changed(TimePoint now);
    void look_at(const std::string& node, const std::optional<NodeSituation>& situation);
    void replace(const std::string& node, const HostShare& share);
    void add_up(const HostShare& share, int sign);
    void file(const std::string& node, const HostShare& share, bool in);
    void expect_change(const std::string& node, std::optional<TimePoint> when);

    std::shared_ptr<const DaemonSet> set_;
    CurrentRevision revision_;
    PlacementRules rules_;  // of set_
    std::unordered_set<std::string> touched_;
    TimePoint looked_{};
    /// Hosts with nothing to add are not in it.
    std::unordered_map<std::string, HostShare> shares_;
    DaemonSetStatus counters_;
    RolloutCounts others_;
    std::set<std::string> acting_;
    std::map<HostFault, std::set<std::string>> faulty_;
    std::set<std::pair<TimePoint, std::string>> changes_;  // by time alone
    std::unordered_map<std::string, TimePoint> changes_at_;
};

}  // namespace picket::daemonset
