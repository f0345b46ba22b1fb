#include "common/daemonset/plan.hpp"

#include "common/daemonset/rollout.hpp"

#include <algorithm>

namespace picket::daemonset {
namespace {

void delete_pod(
    const NodeSituation& situation, const Pod& pod, DeleteReason reason, DaemonPlan& plan) {
    plan.deletes.push_back({pod.meta.name, pod.meta.uid, situation.node, reason});
}

void remember_turn(
    const PlanInput& input, const NodeSituation& situation, const Pod& pod, DaemonPlan& plan) {
    const auto turn = turn_after(situation, pod, input.set, input.revision, input.now);
    if (turn != PodTurn::None) plan.turns[situation.node] = turn;
}

void delete_all(const NodeSituation& situation, DeleteReason reason, DaemonPlan& plan) {
    for (const auto& pod : situation.pods) {
        if (!pod->meta.deleting()) delete_pod(situation, *pod, reason, plan);
    }
}

/// Bound pods of a missing node belong to the pod garbage collector.
void plan_missing_node(const NodeSituation& situation, DaemonPlan& plan) {
    for (const auto& pod : situation.pods) {
        if (!pod->bound() && !pod->meta.deleting())
            delete_pod(situation, *pod, DeleteReason::NodeMissing, plan);
    }
}

std::string finished_message(
    std::string_view what, const NodeSituation& situation, const Pod& pod) {
    std::string message = "Found ";
    message.append(what)
        .append(" daemon pod ")
        .append(pod.meta.key())
        .append(" on node ")
        .append(situation.node);
    if (!pod.reason.empty()) message.append(" (").append(pod.reason).append(")");
    return message.append(", deleting it");
}

bool backed_off_in(const DaemonPlan& plan, const std::string& node) {
    return !plan.backoff.empty() && plan.backoff.back().first == node;
}

/// The failed pod stays visible until its node's back-off has passed. Of several, one goes at a
/// time.
void replace_failed(
    const PlanInput& input, const NodeSituation& situation, const Pod& pod, DaemonPlan& plan) {
    const auto generation = input.set.meta.generation;
    if (const auto wait = input.backoff.remaining(situation.node, generation, input.now)) {
        plan.look_again_after(*wait);
        return;
    }
    if (backed_off_in(plan, situation.node)) {
        plan.look_again_after(plan.backoff.back().second.delay);
        return;
    }
    plan.backoff.emplace_back(
        situation.node, input.backoff.next(situation.node, generation, input.now));
    plan.events.push_back({true, "FailedDaemonPod", finished_message("failed", situation, pod)});
    remember_turn(input, situation, pod, plan);
    delete_pod(situation, pod, DeleteReason::Failed, plan);
}

void replace_succeeded(
    const PlanInput& input, const NodeSituation& situation, const Pod& pod, DaemonPlan& plan) {
    remember_turn(input, situation, pod, plan);
    plan.events.push_back(
        {false, "SucceededDaemonPod", finished_message("succeeded", situation, pod)});
    delete_pod(situation, pod, DeleteReason::Succeeded, plan);
}

/// Deals with finished pods and returns those that run or will run.
std::vector<const Pod*> clean_up_finished(
    const PlanInput& input, const NodeSituation& situation, DaemonPlan& plan) {
    std::vector<const Pod*> running;
    for (const auto& pod : situation.pods) {
        if (pod->meta.deleting()) continue;
        if (pod->phase == PodPhase::Failed) {
            replace_failed(input, situation, *pod, plan);
        } else if (pod->phase == PodPhase::Succeeded) {
            replace_succeeded(input, situation, *pod, plan);
        } else {
            running.push_back(pod.get());
        }
    }
    return running;
}

void keep_first(
    const NodeSituation& situation, const std::vector<const Pod*>& running, DaemonPlan& plan) {
    for (std::size_t i = 1; i < running.size(); ++i)
        delete_pod(situation, *running[i], DeleteReason::Duplicate, plan);
}

/// While surging, the first pod of each revision may stay; the old one until the new one is
/// available.
void keep_one_of_each_revision(
    const PlanInput& input,
    const NodeSituation& situation,
    const std::vector<const Pod*>& running,
    DaemonPlan& plan) {
    const Pod* updated = nullptr;
    const Pod* outdated = nullptr;
    for (const auto* pod : running) {
        auto& kept = input.revision.made(pod->meta) ? updated : outdated;
        if (kept != nullptr) delete_pod(situation, *pod, DeleteReason::Duplicate, plan);
        if (kept == nullptr) kept = pod;
    }
    if (updated == nullptr || outdated == nullptr) return;
    if (!is_ready(situation, *outdated) ||
        is_available(situation, *updated, input.set, input.now)) {
        delete_pod(situation, *outdated, DeleteReason::Outdated, plan);
    }
}

bool any_live(const NodeSituation& situation) {
    const auto live = [](const PodPtr& pod) { return !pod->meta.deleting(); };
    return std::any_of(situation.pods.begin(), situation.pods.end(), live);
}

}  // namespace

std::string_view delete_reason_name(DeleteReason reason) {
    switch (reason) {
        case DeleteReason::NotEligible:
            return "NotEligible";
        case DeleteReason::NodeMissing:
            return "NodeMissing";
        case DeleteReason::Failed:
            return "Failed";
        case DeleteReason::Succeeded:
            return "Succeeded";
        case DeleteReason::Duplicate:
            return "Duplicate";
        case DeleteReason::Outdated:
            return "Outdated";
    }
    return "";
}

const Turns& PlanInput::no_turns() {
    static const Turns none;
    return none;
}

void DaemonPlan::look_again_after(Duration delay) {
    if (!requeue_after || delay < *requeue_after) requeue_after = delay;
}

bool allows_surge(const DaemonSet& set) {
    return set.update_strategy == UpdateStrategy::RollingUpdate && set.max_surge.resolve(1) > 0;
}

void plan_node(const PlanInput& input, const NodeSituation& situation, DaemonPlan& plan) {
    if (!situation.exists) return plan_missing_node(situation, plan);
    if (!situation.placement.should_continue)
        return delete_all(situation, DeleteReason::NotEligible, plan);

    const bool surge = allows_surge(input.set);
    const auto running = clean_up_finished(input, situation, plan);
    if (surge) {
        keep_one_of_each_revision(input, situation, running, plan);
    } else {
        keep_first(situation, running, plan);
    }
    // A terminating pod holds the node (and its host ports) until it is gone, unless the set may
    // surge.
    const bool vacant = surge ? !any_live(situation) : situation.pods.empty();
    if (!vacant || !situation.placement.should_run) return;
    // What a silent host does not start is not the update's failure.
    if (situation.silent() && !input.turns.contains(situation.node))
        plan.turns[situation.node] = PodTurn::Excused;
    plan.creates.push_back(situation.node);
}

DaemonPlan plan_daemonset(const PlanInput& input) {
    DaemonPlan plan;
    std::vector<bool> settled;
    settled.reserve(input.situations.size());
    for (const auto& situation : input.situations) {
        const auto before = plan.creates.size() + plan.deletes.size();
        plan_node(input, situation, plan);
        settled.push_back(plan.creates.size() + plan.deletes.size() == before);
    }
    if (input.set.update_strategy == UpdateStrategy::RollingUpdate)
        plan_rollout(input, settled, plan);
    return plan;
}

}  // namespace picket::daemonset
