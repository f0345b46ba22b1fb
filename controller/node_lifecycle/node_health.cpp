#include "controller/node_lifecycle/node_health.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace picket::controller {
namespace {

constexpr const char* kUnschedulable = "node.kubernetes.io/unschedulable";

struct ConditionTaint {
    const char* condition;
    const char* key;
};
constexpr std::array<ConditionTaint, 4> kPressureTaints{{
    {"MemoryPressure", "node.kubernetes.io/memory-pressure"},
    {"DiskPressure", "node.kubernetes.io/disk-pressure"},
    {"PIDPressure", "node.kubernetes.io/pid-pressure"},
    {"NetworkUnavailable", "node.kubernetes.io/network-unavailable"},
}};
/// What a silent host can no longer vouch for.
constexpr std::array<const char*, 4> kHostConditions{
    "Ready", "MemoryPressure", "DiskPressure", "PIDPressure"};

bool is_ours(const Taint& taint) {
    if (taint.key == kNotReadyTaint || taint.key == kUnreachableTaint)
        return taint.effect != TaintEffect::PreferNoSchedule;
    if (taint.effect != TaintEffect::NoSchedule) return false;
    const auto same_key = [&](const ConditionTaint& entry) { return taint.key == entry.key; };
    return taint.key == kUnschedulable ||
           std::any_of(kPressureTaints.begin(), kPressureTaints.end(), same_key);
}

bool contains(const std::vector<Taint>& taints, const Taint& taint) {
    return std::any_of(
        taints.begin(), taints.end(), [&](const Taint& other) { return taint.same_as(other); });
}

void add_both_effects(std::vector<Taint>& taints, const char* key) {
    taints.push_back({.key = key, .effect = TaintEffect::NoSchedule});
    taints.push_back({.key = key, .effect = TaintEffect::NoExecute});
}

Json silent_condition(const Node& node, const char* type, TimePoint now) {
    const auto* present = node.condition(type);
    Json condition{
        {"type", type},
        {"status", "Unknown"},
        {"reason", present == nullptr ? "NodeStatusNeverUpdated" : "NodeStatusUnknown"},
        {"message",
         present == nullptr ? "The node agent never posted the node's status."
                            : "The node agent stopped posting the node's status."},
        {"lastTransitionTime", format_time(now)}};
    if (present == nullptr) condition["lastHeartbeatTime"] = format_time(node.meta.created);
    return condition;
}

}  // namespace

void HeartbeatTracker::add(const std::string& node, bool has_posted, TimePoint now) {
    nodes_.try_emplace(node, Heard{now, has_posted ? grace_ : std::max(grace_, kStartUpGrace)});
}

bool HeartbeatTracker::heard(
    const std::string& node, Source source, const std::string& sign, TimePoint now) {
    const auto found = nodes_.find(node);
    if (found == nodes_.end()) return false;
    auto& heard = found->second;
    auto& last = source == Source::Lease ? heard.lease_sign : heard.status_sign;
    if (last == sign) return false;
    last = sign;
    const auto deadline_before = heard.at + heard.grace;
    const bool was_reported = std::exchange(heard.reported, false);
    heard.at = now;
    heard.grace = grace_;
    return was_reported || heard.at + heard.grace < deadline_before;
}

void HeartbeatTracker::excuse_all(TimePoint now) {
    for (auto& [name, heard] : nodes_) {
        heard.at = now;
        heard.reported = false;
    }
}

bool HeartbeatTracker::silent(const std::string& node, TimePoint now) const {
    const auto found = nodes_.find(node);
    return found != nodes_.end() && now - found->second.at >= found->second.grace;
}

std::vector<std::string> HeartbeatTracker::take_newly_silent(TimePoint now) {
    std::vector<std::string> result;
    for (auto& [name, heard] : nodes_) {
        if (heard.reported || now - heard.at < heard.grace) continue;
        heard.reported = true;
        result.push_back(name);
    }
    return result;
}

std::optional<TimePoint> HeartbeatTracker::next_deadline() const {
    std::optional<TimePoint> earliest;
    for (const auto& [name, heard] : nodes_) {
        if (heard.reported) continue;
        const auto deadline = heard.at + heard.grace;
        if (!earliest || deadline < *earliest) earliest = deadline;
    }
    return earliest;
}

std::vector<Taint> wanted_taints(const Node& node) {
    std::vector<Taint> taints;
    const auto ready = node.condition_status("Ready");
    if (ready == ConditionStatus::False) add_both_effects(taints, kNotReadyTaint);
    if (ready == ConditionStatus::Unknown) add_both_effects(taints, kUnreachableTaint);
    for (const auto& entry : kPressureTaints) {
        if (node.condition_status(entry.condition) == ConditionStatus::True)
            taints.push_back({.key = entry.key});
    }
    if (node.unschedulable) taints.push_back({.key = kUnschedulable});
    return taints;
}

std::optional<std::vector<Taint>> plan_taints(const Node& node, TimePoint now) {
    const auto wanted = wanted_taints(node);
    std::vector<Taint> result;
    for (const auto& taint : node.taints) {
        if (!is_ours(taint) || contains(wanted, taint)) result.push_back(taint);
    }
    bool changed = result.size() != node.taints.size();
    for (auto taint : wanted) {
        if (contains(result, taint)) continue;
        taint.added = now;
        result.push_back(std::move(taint));
        changed = true;
    }
    if (!changed) return std::nullopt;
    return result;
}

std::optional<Json> plan_silent_conditions(const Node& node, TimePoint now) {
    auto conditions = Json::array();
    for (const auto* type : kHostConditions) {
        if (node.condition_status(type) == ConditionStatus::Unknown) continue;
        conditions.push_back(silent_condition(node, type, now));
    }
    if (conditions.empty()) return std::nullopt;
    return Json{
        {"metadata", {{"uid", node.meta.uid}}},
        {"status", {{"conditions", std::move(conditions)}}}};
}

Json pod_not_ready_patch(const std::string& pod_uid, TimePoint now) {
    const Json condition{
        {"type", "Ready"},
        {"status", "False"},
        {"reason", "NodeNotReady"},
        {"lastTransitionTime", format_time(now)}};
    return {
        {"metadata", {{"uid", pod_uid}}}, {"status", {{"conditions", Json::array({condition})}}}};
}

}  // namespace picket::controller
