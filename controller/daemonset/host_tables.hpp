#pragma once
#include "common/daemonset/host_table.hpp"
#include "controller/shared_informers.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace picket::controller {

using namespace daemonset;
using SetPtr = std::shared_ptr<const DaemonSet>;

/// A HostTable for each set, fed by the caches' events: pods through the pod index, nodes by the
/// controller. Also knows which pods of a set wear its labels no more. Owned by the DaemonSet
/// controller; loop thread only.
class HostTables {
public:
    HostTables(SharedInformers& informers, const Clock& clock);

    /// The set's hosts as the caches have them now.
    const HostTable& of(const SetPtr& set, const CurrentRevision& revision);
    /// The hosts of `table` that a plan must look at, by name.
    [[nodiscard]] std::vector<NodeSituation> acting(
        const DaemonSet& set, const HostTable& table) const;
    /// As of the last `of`.
    [[nodiscard]] std::vector<PodPtr> to_release(const DaemonSet& set) const;
    /// For as long as `table`.
    [[nodiscard]] HostTable::Look look(const DaemonSet& set, const HostTable& table) const;

    /// The placement rules of the set as it was when it was last looked at; null: never.
    [[nodiscard]] const PlacementRules* rules(const DaemonSet& set) const;
    void node_changed(const std::string& name);
    void forget(const std::string& set_uid) { kept_.erase(set_uid); }

private:
    struct Kept {
        std::unique_ptr<HostTable> table = nullptr;
        std::set<std::string> touched_pods = {};
        std::set<std::string> to_release = {};
    };

    void pod_touched(const Pod& pod);
    void renew(Kept& kept, const SetPtr& set, const CurrentRevision& revision);
    void claim_touched(Kept& kept, const DaemonSet& set);

    SharedInformers& informers_;
    const Clock& clock_;
    std::unordered_map<std::string, Kept> kept_;  // by uid of the set
};

}  // namespace picket::controller
