/// What users do meanwhile, to nodes, sets and pods.
#include "tests/simulation/faults.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <iterator>

namespace picket::simulation {
namespace {

using client::PatchType;

const client::Target kSets{"apps/v1", "daemonsets", "default"};

client::Target set_target(const std::string& name) {
    return {"apps/v1", "daemonsets", "default", name};
}
client::Target node_target(const std::string& name) {
    return {"v1", "nodes", {}, name};
}

Json container_of_version(int version) {
    return {{"name", "main"}, {"image", fmt::format("daemon:{}", version)}};
}

}  // namespace

std::string Faults::any_set() {
    auto entry = sets_.begin();
    std::advance(entry, static_cast<std::ptrdiff_t>(below(sets_.size())));
    return entry->first;
}

void Faults::create_set(const std::string& name, Json node_selector, Json max_surge) {
    const Json labels{{"app", name}};
    const bool surges = max_surge != 0;
    Json pod_spec{
        {"terminationGracePeriodSeconds", 5},
        {"containers", Json::array({container_of_version(versions_)})}};
    if (!node_selector.empty()) pod_spec["nodeSelector"] = std::move(node_selector);
    Json strategy{
        {"type", "RollingUpdate"},
        {"rollingUpdate",
         {{"maxUnavailable", surges ? Json(0) : Json("50%")}, {"maxSurge", std::move(max_surge)}}}};
    Json set{
        {"apiVersion", "apps/v1"},
        {"kind", "DaemonSet"},
        {"metadata", {{"name", name}}},
        {"spec",
         {{"selector", {{"matchLabels", labels}}},
          {"updateStrategy", std::move(strategy)},
          {"template", {{"metadata", {{"labels", labels}}}, {"spec", std::move(pod_spec)}}}}}};
    sets_[name] = set;
    (void)cluster_.call(cluster_.api().create(kSets, std::move(set)));
}

void Faults::redo_missed() {
    uncordon();
    for (const auto& [name, set] : sets_) {
        if (!view_.sets.contains(name)) (void)cluster_.call(cluster_.api().create(kSets, set));
    }
}

void Faults::forget_lasting(const std::string& host) {
    std::erase_if(interference_.lasting, [&](const auto& entry) { return entry.second == host; });
}

std::string Faults::change_label() {
    static const std::array<Json, 3> kTiers{Json("front"), Json("back"), Json(nullptr)};
    auto& host = any_host();
    const auto& tier = kTiers[below(kTiers.size())];
    (void)cluster_.call(cluster_.api().patch(
        node_target(host.name()),
        PatchType::Merge,
        {{"metadata", {{"labels", {{"tier", tier}}}}}}));
    return fmt::format("{} gets tier={}", host.name(), tier.dump());
}

std::string Faults::taint_node() {
    auto& host = any_host();
    const auto* effect = random_.fraction() < 0.5 ? "NoSchedule" : "NoExecute";
    const Json taint{{"key", "spoilt"}, {"effect", effect}};
    (void)cluster_.call(cluster_.api().patch(
        node_target(host.name()),
        PatchType::Merge,
        {{"spec", {{"taints", Json::array({taint})}}}}));
    return fmt::format("{} is tainted {}", host.name(), effect);
}

std::string Faults::untaint_node() {
    auto& host = any_host();
    (void)cluster_.call(cluster_.api().patch(
        node_target(host.name()), PatchType::Merge, {{"spec", {{"taints", nullptr}}}}));
    return host.name() + " is untainted";
}

void Faults::patch_set(const std::string& set, Json patch) {
    sets_[set].merge_patch(patch);
    (void)cluster_.call(cluster_.api().patch(set_target(set), PatchType::Merge, std::move(patch)));
}

std::string Faults::change_template() {
    const auto set = any_set();
    // An old version now and then: a rollback.
    const int version = random_.fraction() < 0.3 ? 1 : ++versions_;
    const Json pod_spec{{"containers", Json::array({container_of_version(version)})}};
    patch_set(set, {{"spec", {{"template", {{"spec", pod_spec}}}}}});
    return fmt::format("{} becomes version {}", set, version);
}

std::string Faults::change_strategy() {
    const auto set = any_set();
    const bool surges = sets_[set]["spec"]["updateStrategy"].contains("rollingUpdate") &&
                        sets_[set]["spec"]["updateStrategy"]["rollingUpdate"]["maxSurge"] != 0;
    Json strategy{{"type", "OnDelete"}, {"rollingUpdate", nullptr}};
    // A set that surges goes on to do so: what may be seen of it depends on that.
    if (surges || random_.fraction() < 0.7) {
        static const std::array<Json, 4> kNumbers{Json(1), Json(2), Json("25%"), Json("100%")};
        const auto& number = kNumbers[below(kNumbers.size())];
        strategy = {
            {"type", "RollingUpdate"},
            {"rollingUpdate",
             {{"maxUnavailable", surges ? Json(0) : number},
              {"maxSurge", surges ? number : Json(0)}}}};
    }
    auto told = strategy.dump();
    patch_set(set, {{"spec", {{"updateStrategy", std::move(strategy)}}}});
    return fmt::format("{} updates by {}", set, told);
}

std::string Faults::select_nodes() {
    const auto set = any_set();
    const Json selector = random_.fraction() < 0.5 ? Json{{"tier", "front"}} : Json(nullptr);
    patch_set(set, {{"spec", {{"template", {{"spec", {{"nodeSelector", selector}}}}}}}});
    return fmt::format("{} selects {}", set, selector.dump());
}

std::string Faults::delete_pod() {
    const auto pods = cluster_.call(cluster_.api().list({"v1", "pods", "default"}));
    if (!pods || (*pods)["items"].empty()) return "no pod to delete";
    const auto& metadata = (*pods)["items"][below((*pods)["items"].size())]["metadata"];
    const std::string name = metadata["name"];
    const bool force = random_.fraction() < 0.3;
    interference_.deleted.insert(metadata["uid"].get<std::string>());
    if (force) interference_.forced.insert(metadata["uid"].get<std::string>());
    interference_.lasting.erase(name);
    const Json options = force ? Json{{"gracePeriodSeconds", 0}} : Json(nullptr);
    (void)cluster_.call(cluster_.api().remove({"v1", "pods", "default", name}, options));
    return fmt::format("pod {} is deleted{}", name, force ? " by force" : "");
}

/// Half of them are never to go by themselves.
std::string Faults::create_pod() {
    const auto host = any_host().name();
    const auto name = fmt::format("bare-{}", ++bare_pods_);
    const bool lasts = random_.fraction() < 0.5;
    auto tolerations = Json::array();
    if (lasts) tolerations.push_back({{"operator", "Exists"}});
    const Json pod{
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", name}}},
        {"spec",
         {{"nodeName", host},
          {"terminationGracePeriodSeconds", 5},
          {"tolerations", std::move(tolerations)},
          {"containers", Json::array({container_of_version(1)})}}}};
    const auto created = cluster_.call(cluster_.api().create({"v1", "pods", "default"}, pod));
    if (created && lasts && view_.nodes.contains(host)) interference_.lasting[name] = host;
    return fmt::format("pod {} comes to {}{}", name, host, lasts ? " for ever" : "");
}

bool Faults::cordon(const std::string& node, const Json& value) {
    return cluster_
        .call(cluster_.api().patch(
            node_target(node), PatchType::Merge, {{"spec", {{"unschedulable", value}}}}))
        .has_value();
}

/// Of a node that is gone nothing is left to undo.
void Faults::uncordon() {
    std::erase_if(cordoned_, [this](const std::string& node) {
        return cordon(node, nullptr) || !view_.nodes.contains(node);
    });
}

/// Cordons it and evicts what no set keeps there, as kubectl does.
std::string Faults::drain_node() {
    auto& host = any_host();
    if (cordon(host.name(), true)) cordoned_.insert(host.name());
    later(a_while(60), [this] { uncordon(); });
    forget_lasting(host.name());
    std::vector<std::string> pods;
    for (const auto& [name, object] : view_.pods) {
        if (object.pod.node_name != host.name() || object.pod.meta.controller() != nullptr)
            continue;
        interference_.deleted.insert(object.pod.meta.uid);
        pods.push_back(name);
    }
    for (const auto& name : pods) {
        (void)cluster_.call(cluster_.api().create(
            {"v1", "pods", "default", name, "eviction"},
            {{"apiVersion", "policy/v1"}, {"kind", "Eviction"}, {"metadata", {{"name", name}}}}));
    }
    return fmt::format("{} is drained of {} pods", host.name(), pods.size());
}

std::string Faults::delete_node() {
    auto& host = any_host();
    forget_lasting(host.name());
    (void)cluster_.call(cluster_.api().remove(node_target(host.name()), nullptr));
    return fmt::format("Node {} is deleted", host.name());
}

std::string Faults::reinstall_node() {
    auto& host = any_host();
    host.stop_agent();
    forget_lasting(host.name());
    (void)cluster_.call(cluster_.api().remove(node_target(host.name()), nullptr));
    later(a_while(60), [&host] { host.start_agent(); });
    return fmt::format("host {} leaves and joins again", host.name());
}

std::string Faults::join_node() {
    if (!cluster_.server_runs()) return "nobody joins";
    return "host " + cluster_.add_host().name() + " joins";
}

std::string Faults::remake_set() {
    static constexpr std::array<const char*, 3> kPolicies{"Background", "Foreground", "Orphan"};
    const auto set = any_set();
    const auto* policy = kPolicies[below(kPolicies.size())];
    (void)cluster_.call(cluster_.api().remove(set_target(set), {{"propagationPolicy", policy}}));
    const bool at_once = random_.fraction() < 0.5;
    if (at_once) (void)cluster_.call(cluster_.api().create(kSets, sets_[set]));
    later(a_while(30), [this, set] {
        // In foreground deletion the old one may still be there: then it is made later.
        (void)cluster_.call(cluster_.api().create(kSets, sets_[set]));
    });
    return fmt::format(
        "{} is deleted ({}) and made again{}", set, policy, at_once ? " at once" : "");
}

}  // namespace picket::simulation
