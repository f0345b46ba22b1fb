#include "common/daemonset/placement.hpp"

#include <algorithm>
#include <optional>

namespace picket::daemonset {
namespace {

Placement refused(PlacementReason reason, std::string evidence) {
    return {false, false, reason, std::move(evidence), {}};
}

std::optional<std::string> first_missing_label(const Labels& wanted, const Labels& present) {
    for (const auto& [key, value] : wanted) {
        const auto found = present.find(key);
        if (found == present.end() || found->second != value) return key + "=" + value;
    }
    return std::nullopt;
}

bool affinity_allows(const std::optional<NodeAffinity>& affinity, const Node& node) {
    return !affinity || affinity->matches(node.meta.labels, node.meta.name);
}

/// The worst taint that is not tolerated: NoExecute before NoSchedule.
const Taint* deciding_taint(
    const std::vector<Taint>& taints, const std::vector<Toleration>& tolerations) {
    const Taint* worst = nullptr;
    for (const auto& taint : taints) {
        const bool decides =
            taint.effect == TaintEffect::NoSchedule || taint.effect == TaintEffect::NoExecute;
        if (!decides || tolerated(taint, tolerations)) continue;
        if (taint.effect == TaintEffect::NoExecute) return &taint;
        if (worst == nullptr) worst = &taint;
    }
    return worst;
}

std::vector<Toleration> automatic_tolerations(bool host_network) {
    using enum TaintEffect;
    std::vector<Toleration> result;
    const auto add = [&](const char* key, TaintEffect effect) {
        result.push_back({.key = key, .exists = true, .effect = effect});
    };
    add("node.kubernetes.io/not-ready", NoExecute);
    add("node.kubernetes.io/unreachable", NoExecute);
    add("node.kubernetes.io/disk-pressure", NoSchedule);
    add("node.kubernetes.io/memory-pressure", NoSchedule);
    add("node.kubernetes.io/pid-pressure", NoSchedule);
    add("node.kubernetes.io/unschedulable", NoSchedule);
    if (host_network) add("node.kubernetes.io/network-unavailable", NoSchedule);
    return result;
}

bool same_but_for_seconds(Toleration left, const Toleration& right) {
    left.seconds = right.seconds;
    return left == right;
}

}  // namespace

std::string_view placement_reason_name(PlacementReason reason) {
    switch (reason) {
        case PlacementReason::Eligible:
            return "Eligible";
        case PlacementReason::NodeNameMismatch:
            return "NodeNameMismatch";
        case PlacementReason::NodeSelectorMismatch:
            return "NodeSelectorMismatch";
        case PlacementReason::NodeAffinityMismatch:
            return "NodeAffinityMismatch";
        case PlacementReason::AffinityAnnotationMismatch:
            return "AffinityAnnotationMismatch";
        case PlacementReason::UntoleratedTaint:
            return "UntoleratedTaint";
    }
    return "";
}

PlacementRules::PlacementRules(const PodTemplate& pod_template)
    : template_(&pod_template), tolerations_(daemon_tolerations(pod_template)) {}

Placement PlacementRules::place(const Node& node) const {
    if (!template_->node_name.empty() && template_->node_name != node.meta.name) {
        return refused(PlacementReason::NodeNameMismatch, template_->node_name);
    }
    if (auto missing = first_missing_label(template_->node_selector, node.meta.labels)) {
        return refused(PlacementReason::NodeSelectorMismatch, *std::move(missing));
    }
    if (!affinity_allows(template_->affinity, node))
        return refused(PlacementReason::NodeAffinityMismatch, {});
    if (!affinity_allows(template_->annotation_affinity, node)) {
        return refused(PlacementReason::AffinityAnnotationMismatch, {});
    }
    if (const auto* taint = deciding_taint(node.taints, tolerations_)) {
        const bool stays = taint->effect == TaintEffect::NoSchedule;
        return {false, stays, PlacementReason::UntoleratedTaint, taint->to_string(), taint->added};
    }
    return {};
}

std::vector<Toleration> daemon_tolerations(const PodTemplate& pod_template) {
    auto result = pod_template.tolerations;
    for (auto& automatic : automatic_tolerations(pod_template.host_network)) {
        const auto same = [&](const Toleration& given) {
            return same_but_for_seconds(given, automatic);
        };
        const auto found = std::find_if(result.begin(), result.end(), same);
        if (found == result.end()) {
            result.push_back(std::move(automatic));
        } else {
            found->seconds = std::nullopt;
        }
    }
    return result;
}

}  // namespace picket::daemonset
