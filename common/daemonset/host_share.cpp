#include "common/daemonset/host_share.hpp"

#include "common/daemonset/rollout.hpp"

namespace picket::daemonset {
namespace {

bool placement_acts(const PlanInput& input, const NodeSituation& situation) {
    DaemonPlan plan;
    plan_node(input, situation, plan);
    return !plan.empty();
}

void add_rollout(const PlanInput& input, const NodeSituation& situation, HostShare& share) {
    const auto part = rollout_part(input, situation);
    share.acts = !part;
    if (!part) return;
    share.unavailable = part->unavailable > 0;
    share.surging = part->surging > 0;
    share.works = part->works > 0;
    share.proven = part->proven > 0;
}

}  // namespace

HostShare share_of(
    const DaemonSet& set,
    const CurrentRevision& revision,
    const NodeSituation& situation,
    TimePoint now) {
    const std::vector<NodeSituation> none;
    const FailedPodBackoff no_backoff;
    const auto counts = count_node({set, revision, none, now}, situation);
    HostShare share{
        .desired = counts.desired_number_scheduled > 0,
        .scheduled = counts.current_number_scheduled > 0,
        .misscheduled = counts.number_misscheduled > 0,
        .ready = counts.number_ready > 0,
        .available = counts.number_available > 0,
        .updated = counts.updated_number_scheduled > 0,
        .fault = fault_of(situation)};
    const PlanInput input{set, revision, none, no_backoff, now};
    share.acts = placement_acts(input, situation);
    const bool rolls = set.update_strategy == UpdateStrategy::RollingUpdate && situation.exists;
    if (rolls && !share.acts) add_rollout(input, situation, share);
    return share;
}

}  // namespace picket::daemonset
