#pragma once
#include "common/api/daemonset.hpp"
#include "common/api/node.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::daemonset {

/// Why a node has, or has not, a place for the daemon; the first rule that says no.
enum class PlacementReason {
    Eligible,
    NodeNameMismatch,            ///< the template names another node
    NodeSelectorMismatch,        ///< a label of spec.nodeSelector is not on the node
    NodeAffinityMismatch,        ///< required part of spec.affinity
    AffinityAnnotationMismatch,  ///< required part of the 2016 annotation
    UntoleratedTaint,
};
/// "NodeSelectorMismatch"
[[nodiscard]] std::string_view placement_reason_name(PlacementReason reason);

/// One node's answer for one set.
///
///   should_run  should_continue
///   true        true             a pod belongs here
///   false       true             an untolerated NoSchedule taint: a pod that is there stays, none
///   is made false       false            no pod may be here
struct Placement {
    bool should_run = true;
    bool should_continue = true;
    PlacementReason reason = PlacementReason::Eligible;
    std::string evidence = {};  ///< the label, term or taint that decided, for people
    std::optional<TimePoint> since = std::nullopt;  ///< when the taint came

    [[nodiscard]] bool same_decision(const Placement& other) const {
        return should_run == other.should_run && should_continue == other.should_continue;
    }
};

/// The placement rules of one set, prepared once to be asked for many nodes. Readiness, cordons,
/// free resources and host ports are no concern of theirs: the agent refuses what it cannot run,
/// and says why.
class PlacementRules {
public:
    explicit PlacementRules(const PodTemplate& pod_template);
    [[nodiscard]] Placement place(const Node& node) const;

private:
    const PodTemplate* template_;  // of the set that is being decided on; outlives the rules
    std::vector<Toleration> tolerations_;
};

/// The template's tolerations, in place, and after them the automatic ones that it does not have
/// yet. One that equals an automatic one but for tolerationSeconds loses its limit: daemons stay on
/// silent nodes for ever.
[[nodiscard]] std::vector<Toleration> daemon_tolerations(const PodTemplate& pod_template);

}  // namespace picket::daemonset
