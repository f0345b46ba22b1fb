#include "common/daemonset/host_state.hpp"

#include "common/daemonset/image_first.hpp"
#include "common/daemonset/turn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace picket::daemonset {
namespace {

struct Finding {
    HostState state;
    std::optional<TimePoint> since = std::nullopt;
    std::string evidence = {};
};

HostState state_of_refusal(PlacementReason reason) {
    switch (reason) {
        case PlacementReason::NodeNameMismatch:
            return HostState::NodeNameMismatch;
        case PlacementReason::NodeSelectorMismatch:
            return HostState::NodeSelectorMismatch;
        case PlacementReason::NodeAffinityMismatch:
            return HostState::NodeAffinityMismatch;
        case PlacementReason::AffinityAnnotationMismatch:
            return HostState::AffinityAnnotationMismatch;
        case PlacementReason::Eligible:
        case PlacementReason::UntoleratedTaint:
            break;
    }
    return HostState::UntoleratedTaint;
}

std::string evidence_of(const Placement& placement) {
    switch (placement.reason) {
        case PlacementReason::NodeNameMismatch:
            return "the template names node " + placement.evidence;
        case PlacementReason::NodeSelectorMismatch:
            return "the node lacks the label " + placement.evidence;
        case PlacementReason::NodeAffinityMismatch:
            return "no term of spec.affinity matches the node";
        case PlacementReason::AffinityAnnotationMismatch:
            return "no term of the affinity annotation matches the node";
        case PlacementReason::UntoleratedTaint:
            return "the set does not tolerate the taint " + placement.evidence;
        case PlacementReason::Eligible:
            break;
    }
    return {};
}

/// A pod that the agent or somebody else has ended for good.
HostState state_of_finished(const Pod& pod) {
    if (pod.phase == PodPhase::Succeeded) return HostState::Finished;
    if (pod.reason == "OutOfcpu") return HostState::RefusedCpu;
    if (pod.reason == "OutOfmemory") return HostState::RefusedMemory;
    if (pod.reason == "NodePorts") return HostState::RefusedPort;
    const bool refused = pod.reason.starts_with("OutOf") || pod.reason == "PodOSNotSupported" ||
                         pod.reason == "NodeAffinity" || pod.reason == "NodeName";
    return refused ? HostState::Refused : HostState::Failed;
}

HostState state_of_trouble(PodTrouble trouble) {
    if (trouble == PodTrouble::Image) return HostState::WaitingForImage;
    return trouble == PodTrouble::Crashing ? HostState::CrashLooping : HostState::CannotStart;
}

Finding finding_on_life(const StatusInput& input, const NodeSituation& situation, const Pod& pod) {
    if (pod.finished()) {
        return {state_of_finished(pod), pod.unready_since.value_or(pod.meta.created), pod.reason};
    }
    if (is_available(situation, pod, input.set, input.now))
        return {HostState::Running, pod.ready_since};
    if (pod.ready) return {HostState::BecomingAvailable, pod.ready_since};
    if (pod.trouble != PodTrouble::None)
        return {state_of_trouble(pod.trouble), pod.unready_since.value_or(pod.meta.created)};
    if (pod.was_ready()) return {HostState::NotReady, pod.unready_since};
    return {HostState::Starting, pod.meta.created};
}

/// Since there is a newer template, or the pod, if that came later (a rollback, an adoption).
TimePoint outdated_since(const StatusInput& input, const Pod& pod) {
    return std::max(input.revision.since.value_or(pod.meta.created), pod.meta.created);
}

std::string describe_prefetch(const Prefetch& prefetch) {
    std::string text =
        prefetch.failed ? "the agent cannot pull the new image" : "the agent pulls the new image";
    return prefetch.message.empty() ? text : text + ": " + prefetch.message;
}

/// The pod is of an older template and lives.
Finding finding_on_outdated(
    const StatusInput& input, const NodeSituation& situation, const Pod& pod) {
    const bool works = is_available(situation, pod, input.set, input.now);
    if (input.set.update_strategy == UpdateStrategy::OnDelete) {
        if (!works) return finding_on_life(input, situation, pod);
        return {HostState::KeptUntilDeleted, outdated_since(input, pod)};
    }
    if (!works)
        return {
            HostState::BeingUpdated, pod.unready_since, "replaced at once: it was not available"};
    if (!waits_for_images(input.set, input.revision, situation, pod))
        return {HostState::WaitingForTurn, outdated_since(input, pod)};
    const auto& prefetch = *pod.prefetch;
    if (!prefetch.answered)
        return {HostState::WaitingForImage, prefetch.asked, "the agent has not answered yet"};
    return {HostState::WaitingForImage, prefetch.since, describe_prefetch(prefetch)};
}

const Pod* live_successor(const StatusInput& input, const NodeSituation& situation) {
    const auto found = std::ranges::find_if(situation.pods, [&](const PodPtr& pod) {
        return !pod->meta.deleting() && input.revision.made(pod->meta);
    });
    return found == situation.pods.end() ? nullptr : found->get();
}

Finding finding_on_pod(const StatusInput& input, const NodeSituation& situation, const Pod& pod) {
    const bool updated = input.revision.made(pod.meta);
    if (pod.meta.deleting()) {
        const auto state = updated ? HostState::Stopping : HostState::BeingUpdated;
        return {state, pod.stopping_since, "the pod stops"};
    }
    if (updated) return finding_on_life(input, situation, pod);
    if (const auto* next = live_successor(input, situation)) {
        return {
            HostState::BeingUpdated, next->meta.created, "the new pod starts beside the old one"};
    }
    return finding_on_outdated(input, situation, pod);
}

Finding finding_without_place(const NodeSituation& situation) {
    const auto& placement = situation.placement;
    if (situation.pods.empty())
        return {state_of_refusal(placement.reason), placement.since, evidence_of(placement)};
    if (placement.should_continue)
        return {HostState::Misscheduled, placement.since, evidence_of(placement)};
    return {HostState::Leaving, situation.pods.front()->stopping_since, evidence_of(placement)};
}

/// A silent node's own rules say no, whatever its silence.
bool refused_anyway(const NodeSituation& situation) {
    const auto& placement = situation.placement;
    return !placement.should_run && placement.reason != PlacementReason::UntoleratedTaint;
}

Finding find_out(const StatusInput& input, const NodeSituation& situation) {
    if (waits_in_silence(situation, input.set, input.revision))
        return {HostState::SetAside, situation.silent_since, "the node was silent before its turn"};
    if (situation.silent() && !refused_anyway(situation))
        return {HostState::NodeSilent, situation.silent_since, "the node's lease is not renewed"};
    if (!situation.placement.should_run) return finding_without_place(situation);
    if (situation.pods.empty()) return {HostState::Absent, {}, "the pod is about to be made"};
    return finding_on_pod(input, situation, *situation.pods.front());
}

}  // namespace

std::string_view host_state_name(HostState state) {
    constexpr std::array<std::string_view, kHostStates> kNames = {
        "Running",
        "BecomingAvailable",
        "Starting",
        "NotReady",
        "WaitingForImage",
        "CrashLooping",
        "CannotStart",
        "RefusedCpu",
        "RefusedMemory",
        "RefusedPort",
        "Refused",
        "Failed",
        "Finished",
        "Absent",
        "Stopping",
        "BeingUpdated",
        "WaitingForTurn",
        "KeptUntilDeleted",
        "SetAside",
        "NodeSilent",
        "Misscheduled",
        "Leaving",
        "NodeNameMismatch",
        "NodeSelectorMismatch",
        "NodeAffinityMismatch",
        "AffinityAnnotationMismatch",
        "UntoleratedTaint"};
    return kNames[static_cast<std::size_t>(state)];
}

HostReport report_host(const StatusInput& input, const NodeSituation& situation) {
    auto found = find_out(input, situation);
    HostReport report{
        .node = situation.node,
        .state = found.state,
        .since = found.since,
        .evidence = std::move(found.evidence),
        .counts = count_node(input, situation)};
    report.set_aside = found.state == HostState::SetAside;
    if (situation.pods.empty()) return report;
    report.pod = situation.pods.front();
    report.updated = input.revision.made(report.pod->meta);
    if (report.updated && is_excused(*report.pod)) report.set_aside = input.set.blame_aware();
    return report;
}

std::vector<HostReport> report_hosts(const StatusInput& input) {
    std::vector<HostReport> reports;
    reports.reserve(input.situations.size());
    for (const auto& situation : input.situations) {
        if (situation.exists) reports.push_back(report_host(input, situation));
    }
    return reports;
}

}  // namespace picket::daemonset
