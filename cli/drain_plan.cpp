#include "cli/drain_plan.hpp"

#include "cli/json_path.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace picket::cli {
namespace {

using Names = std::vector<std::string>;

const Json* controlling_owner(const Json& pod) {
    const auto& owners = list_at(pod, "/metadata/ownerReferences");
    const auto found = std::ranges::find_if(
        owners, [](const Json& owner) { return at_path(owner, "/controller") == true; });
    return found == owners.end() ? nullptr : &*found;
}

// Made by the agent from a file on its host: evicting it would only bring it back.
bool is_static_pod(const Json& pod) {
    const Json& annotations = at_path(pod, "/metadata/annotations");
    return annotations.is_object() && annotations.contains("kubernetes.io/config.mirror");
}

bool is_finished_pod(const Json& pod) {
    const auto phase = string_at(pod, "/status/phase");
    return phase == "Succeeded" || phase == "Failed";
}

bool has_local_data(const Json& pod) {
    return std::ranges::any_of(list_at(pod, "/spec/volumes"), [](const Json& volume) {
        return volume.contains("emptyDir");
    });
}

std::string key_of_pod(const Json& pod) {
    return string_at(pod, "/metadata/namespace") + "/" + string_at(pod, "/metadata/name");
}

/// What a drain finds on a node, by what it means.
struct Findings {
    Names daemons, unmanaged, local;
};

void tell(
    const Names& pods,
    bool accepted,
    std::string_view warning,
    std::string_view obstacle,
    DrainPlan& plan) {
    if (pods.empty()) return;
    auto& list = accepted ? plan.warnings : plan.obstacles;
    list.push_back(fmt::format("{}: {}", accepted ? warning : obstacle, fmt::join(pods, ", ")));
}

}  // namespace

DrainPlan plan_drain(const std::vector<Json>& pods, const DrainRules& rules) {
    DrainPlan plan;
    Findings findings;
    for (const Json& pod : pods) {
        if (is_static_pod(pod)) continue;
        const auto* controller = controlling_owner(pod);
        if (controller != nullptr && string_at(*controller, "/kind") == "DaemonSet") {
            findings.daemons.push_back(key_of_pod(pod));
            continue;
        }
        if (!is_finished_pod(pod)) {
            if (controller == nullptr) findings.unmanaged.push_back(key_of_pod(pod));
            if (has_local_data(pod)) findings.local.push_back(key_of_pod(pod));
        }
        plan.evict.push_back(pod);
    }
    tell(
        findings.daemons,
        rules.ignore_daemon_sets,
        "ignoring DaemonSet-managed Pods",
        "cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore)",
        plan);
    tell(
        findings.unmanaged,
        rules.force,
        "deleting Pods that declare no controller",
        "cannot delete Pods that declare no controller (use --force to override)",
        plan);
    tell(
        findings.local,
        rules.delete_empty_dir_data,
        "deleting Pods with local storage",
        "cannot delete Pods with local storage (use --delete-emptydir-data to override)",
        plan);
    if (!plan.obstacles.empty()) plan.evict.clear();
    return plan;
}

}  // namespace picket::cli
