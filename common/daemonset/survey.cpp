#include "common/daemonset/survey.hpp"

#include <algorithm>
#include <tuple>

namespace picket::daemonset {
namespace {

bool survives_before(const PodPtr& left, const PodPtr& right) {
    const auto rank = [](const Pod& pod) { return std::tie(pod.meta.created, pod.meta.name); };
    if (left->bound() != right->bound()) return left->bound();
    return rank(*left) < rank(*right);
}

bool as_good_as_gone(const PodPtr& pod) {
    return pod->finished() && pod->meta.deleting();
}

std::vector<PodPtr> pods_in_order(std::vector<PodPtr> pods) {
    std::erase_if(pods, as_good_as_gone);
    std::sort(pods.begin(), pods.end(), survives_before);
    return pods;
}

}  // namespace

std::optional<TimePoint> silent_since(const Node& node) {
    const auto* ready = node.condition("Ready");
    if (ready == nullptr || ready->status != ConditionStatus::Unknown) return std::nullopt;
    return ready->transition.value_or(node.meta.created);
}

NodeSituation situation_of(
    const PlacementRules& rules,
    const std::string& name,
    const NodePtr& node,
    std::vector<PodPtr> pods) {
    if (!node) {
        return {
            .node = name,
            .exists = false,
            .placement = {.should_run = false, .should_continue = false},
            .pods = pods_in_order(std::move(pods))};
    }
    return {
        .node = name,
        .placement = rules.place(*node),
        .silent_since = silent_since(*node),
        .can_prefetch = node->prefetches(),
        .pods = pods_in_order(std::move(pods))};
}

std::vector<NodeSituation> survey(
    const DaemonSet& set, const NodesByName& nodes, const PodsByNode& pods) {
    const PlacementRules rules(set.pod_template);
    std::vector<NodeSituation> situations;
    situations.reserve(nodes.size());
    const auto pods_on = [&](const std::string& name) {
        const auto found = pods.find(name);
        return found == pods.end() ? std::vector<PodPtr>() : found->second;
    };
    for (const auto& [name, node] : nodes)
        situations.push_back(situation_of(rules, name, node, pods_on(name)));
    const auto known = situations.size();
    for (const auto& [name, list] : pods) {
        if (name.empty() || nodes.contains(name)) continue;
        situations.push_back(situation_of(rules, name, nullptr, list));
    }
    const auto by_name = [](const auto& left, const auto& right) { return left.node < right.node; };
    if (situations.size() > known) std::sort(situations.begin(), situations.end(), by_name);
    return situations;
}

bool is_available(
    const NodeSituation& situation, const Pod& pod, const DaemonSet& set, TimePoint now) {
    if (!is_ready(situation, pod)) return false;
    if (set.min_ready_seconds == 0) return true;
    return pod.ready_since && *pod.ready_since + std::chrono::seconds(set.min_ready_seconds) <= now;
}

std::optional<TimePoint> becomes_available(
    const NodeSituation& situation, const DaemonSet& set, TimePoint now) {
    std::optional<TimePoint> next;
    for (const auto& pod : situation.pods) {
        if (!is_ready(situation, *pod) || !pod->ready_since) continue;
        if (is_available(situation, *pod, set, now)) continue;
        const auto then = *pod->ready_since + std::chrono::seconds(set.min_ready_seconds);
        if (!next || then < *next) next = then;
    }
    return next;
}

}  // namespace picket::daemonset
