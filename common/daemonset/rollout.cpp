#include "common/daemonset/rollout.hpp"

#include "common/daemonset/image_first.hpp"

#include <algorithm>

namespace picket::daemonset {
namespace {

/// The live pods of one node by revision.
struct Revisions {
    const Pod* updated = nullptr;
    const Pod* outdated = nullptr;
    bool surplus = false;  ///< more than one of a kind
};

Revisions by_revision(const PlanInput& input, const NodeSituation& situation) {
    Revisions result;
    for (const auto& pod : situation.pods) {
        if (pod->meta.deleting()) continue;
        auto& slot = input.revision.made(pod->meta) ? result.updated : result.outdated;
        if (slot != nullptr) result.surplus = true;
        if (slot == nullptr) slot = pod.get();
    }
    return result;
}

bool available(const PlanInput& input, const NodeSituation& situation, const Pod& pod) {
    return is_available(situation, pod, input.set, input.now);
}

bool excused(const PlanInput& input, const Pod& pod) {
    return input.set.blame_aware() && is_excused(pod);
}

/// The turn of a node between its old pod and its new one.
PodTurn open_turn(const PlanInput& input, const DaemonPlan& plan, const std::string& node) {
    if (const auto made = plan.turns.find(node); made != plan.turns.end()) return made->second;
    const auto found = input.turns.find(node);
    return found == input.turns.end() ? PodTurn::None : found->second;
}

/// True if the host's silence began before its pod was asked to stop.
bool silent_before_stop(const NodeSituation& situation) {
    const auto after = [&](const PodPtr& pod) {
        return !pod->stopping_since || *pod->stopping_since > *situation.silent_since;
    };
    return std::all_of(situation.pods.begin(), situation.pods.end(), after);
}

/// Whether a node without a live pod counts as unavailable.
bool vacancy_counts(
    const PlanInput& input, const DaemonPlan& plan, const NodeSituation& situation) {
    if (!input.set.blame_aware()) return true;
    const auto turn = open_turn(input, plan, situation.node);
    if (turn != PodTurn::None) return turn == PodTurn::Taken;
    return !situation.silent() || !silent_before_stop(situation);
}

/// Deletes the pod and remembers whose fault it is if its successor does not work.
void take_turn(
    const PlanInput& input, const NodeSituation& situation, const Pod& pod, DaemonPlan& plan) {
    plan.turns[situation.node] = turn_after(situation, pod, input.set, input.revision, input.now);
    plan.deletes.push_back({pod.meta.name, pod.meta.uid, situation.node, DeleteReason::Outdated});
}

/// One node's part in an update without surge. Candidates wait for the count over all nodes.
struct ReplaceInPlace {
    const PlanInput& input;
    DaemonPlan& plan;
    std::int64_t unavailable = input.others.unavailable;
    /// A new pod has worked there, so its images can be had.
    std::int64_t proven = input.others.proven;
    bool asked_turns = false;  ///< what it counts depends on whose turn it is
    std::vector<std::pair<const NodeSituation*, const Pod*>> candidates = {};

    void visit(const NodeSituation& situation, bool settled) {
        if (waits_in_silence(situation, input.set, input.revision)) return;
        const auto pods = by_revision(input, situation);
        const bool one = !pods.surplus && (pods.updated == nullptr) != (pods.outdated == nullptr);
        if (pods.updated != nullptr && pods.updated->was_ready()) proven += 1;
        if (one && pods.updated != nullptr) {
            visit_updated(situation, *pods.updated);
        } else if (one && settled) {
            visit_outdated(situation, *pods.outdated);
        } else if (situation.placement.should_run || pods.surplus || pods.outdated != nullptr) {
            asked_turns = true;
            unavailable += vacancy_counts(input, plan, situation) ? 1 : 0;
        }
    }

    /// What it has counted is all that there is to it.
    [[nodiscard]] std::optional<RolloutCounts> part() const {
        if (asked_turns || !candidates.empty() || !plan.empty()) return std::nullopt;
        return RolloutCounts{.unavailable = unavailable, .proven = proven};
    }

    void visit_updated(const NodeSituation& situation, const Pod& pod) {
        if (!available(input, situation, pod) && !excused(input, pod)) unavailable += 1;
    }

    void visit_outdated(const NodeSituation& situation, const Pod& pod) {
        if (available(input, situation, pod)) {
            candidates.emplace_back(&situation, &pod);
            return;
        }
        take_turn(input, situation, pod, plan);
        unavailable += vacancy_counts(input, plan, situation) ? 1 : 0;
    }

    void finish(std::int64_t max_unavailable) {
        ImageFirst images{input, plan, proven > 0};
        for (const auto& [situation, pod] : candidates) {
            if (!images.there(*situation, *pod)) {
                images.wanted(*pod);
            } else if (unavailable < max_unavailable) {
                unavailable += 1;
                take_turn(input, *situation, *pod, plan);
            } else {
                images.ahead();
            }
        }
        images.look_ahead(max_unavailable);
    }
};

/// One node's part in an update with surge.
struct SurgeBeside {
    const PlanInput& input;
    DaemonPlan& plan;
    std::int64_t surging = input.others.surging;
    std::int64_t available_nodes = input.others.works;
    std::vector<std::pair<const NodeSituation*, const Pod*>> candidates = {};
    std::vector<std::pair<const NodeSituation*, const Pod*>> leaving =
        {};  ///< available, on nodes no longer eligible

    void visit(const NodeSituation& situation, bool settled) {
        const auto pods = by_revision(input, situation);
        const bool updated_available =
            pods.updated != nullptr && available(input, situation, *pods.updated);
        const bool outdated_available =
            pods.outdated != nullptr && available(input, situation, *pods.outdated);
        available_nodes += updated_available || outdated_available ? 1 : 0;
        const bool both = pods.updated != nullptr && pods.outdated != nullptr;
        if (pods.surplus || (both && !updated_available)) {
            surging += both && excused(input, *pods.updated) ? 0 : 1;
        } else if (settled && pods.outdated != nullptr && !both) {
            visit_outdated(situation, *pods.outdated, outdated_available);
        }
    }

    void visit_outdated(const NodeSituation& situation, const Pod& pod, bool pod_available) {
        const bool eligible = situation.placement.should_run;
        if (waits_in_silence(situation, input.set, input.revision)) return;
        if (pod_available) {
            (eligible ? candidates : leaving).emplace_back(&situation, &pod);
        } else if (eligible) {
            create_beside(situation, pod);
        } else {
            take_turn(input, situation, pod, plan);
        }
    }

    void create_beside(const NodeSituation& situation, const Pod& pod) {
        plan.turns[situation.node] =
            turn_after(situation, pod, input.set, input.revision, input.now);
        plan.creates.push_back(situation.node);
    }

    [[nodiscard]] std::optional<RolloutCounts> part() const {
        if (!candidates.empty() || !leaving.empty() || !plan.empty()) return std::nullopt;
        return RolloutCounts{.surging = surging, .works = available_nodes};
    }

    void finish(std::int64_t max_surge, std::int64_t desired) {
        for (const auto& [situation, pod] : candidates) {
            if (surging >= max_surge) break;
            surging += 1;
            create_beside(*situation, *pod);
        }
        for (const auto& [situation, pod] : leaving) {
            if (available_nodes <= desired) break;
            available_nodes -= 1;
            take_turn(input, *situation, *pod, plan);
        }
    }
};

std::int64_t count_desired(const std::vector<NodeSituation>& situations) {
    return std::count_if(situations.begin(), situations.end(), [](const auto& situation) {
        return situation.placement.should_run;
    });
}

template <class Step>
void visit_all(Step& step, const std::vector<bool>& settled) {
    const auto& situations = step.input.situations;
    for (std::size_t i = 0; i < situations.size(); ++i) {
        if (situations[i].exists) step.visit(situations[i], settled[i]);
    }
}

}  // namespace

RolloutLimits resolve_limits(const DaemonSet& set, std::int64_t desired) {
    RolloutLimits limits{set.max_unavailable.resolve(desired), set.max_surge.resolve(desired)};
    if (limits.max_unavailable == 0 && limits.max_surge == 0 && desired > 0)
        limits.max_unavailable = 1;
    return limits;
}

void plan_rollout(const PlanInput& input, const std::vector<bool>& settled, DaemonPlan& plan) {
    const auto desired = count_desired(input.situations) + input.others.desired;
    const auto limits = resolve_limits(input.set, desired);
    if (allows_surge(input.set)) {
        SurgeBeside step{input, plan};
        visit_all(step, settled);
        step.finish(limits.max_surge, desired);
    } else {
        ReplaceInPlace step{input, plan};
        visit_all(step, settled);
        step.finish(limits.max_unavailable);
    }
}

std::optional<RolloutCounts> rollout_part(const PlanInput& input, const NodeSituation& situation) {
    DaemonPlan plan;
    const auto part_in = [&](auto step) {
        step.visit(situation, true);
        return step.part();
    };
    if (allows_surge(input.set)) return part_in(SurgeBeside{input, plan});
    return part_in(ReplaceInPlace{input, plan});
}

}  // namespace picket::daemonset
