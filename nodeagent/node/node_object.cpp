#include "nodeagent/node/node_object.hpp"

#include "common/api/json_read.hpp"
#include "common/api/node.hpp"
#include "common/api/quantity.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::nodeagent {
namespace {

constexpr int kMaxPods = 250;
/// Kept for the system and the agent, so that daemons cannot be given the last byte.
constexpr std::int64_t kReservedMemory = 100LL << 20;
constexpr std::int64_t kMinAvailableMemory = 100LL << 20;
constexpr double kMinAvailableDisk = 0.05;
constexpr double kMaxUsedPids = 0.95;

struct Condition {
    std::string_view type;
    bool holds;
    std::string_view reason;
    std::string message;
};

Condition ready(const NodeSnapshot& node) {
    if (node.runtime_trouble.empty()) return {"Ready", true, "AgentReady", "picket agent is ready"};
    return {"Ready", false, "AgentNotReady", "container engine is down: " + node.runtime_trouble};
}

std::array<Condition, 4> conditions_of(const NodeSnapshot& node) {
    const auto& host = node.host;
    const bool memory = host.memory_bytes > 0 && host.memory_available_bytes < kMinAvailableMemory;
    const bool disk =
        host.disk_bytes > 0 && static_cast<double>(host.disk_available_bytes) <
                                   kMinAvailableDisk * static_cast<double>(host.disk_bytes);
    const bool pids = host.pids_max > 0 && static_cast<double>(host.pids_used) >
                                               kMaxUsedPids * static_cast<double>(host.pids_max);
    return {
        Condition{
            "MemoryPressure",
            memory,
            memory ? "AgentHasInsufficientMemory" : "AgentHasSufficientMemory",
            memory ? "the host has little memory left"
                   : "the host has sufficient memory available"},
        Condition{
            "DiskPressure",
            disk,
            disk ? "AgentHasDiskPressure" : "AgentHasNoDiskPressure",
            disk ? "the host has little disk space left" : "the host has no disk pressure"},
        Condition{
            "PIDPressure",
            pids,
            pids ? "AgentHasInsufficientPID" : "AgentHasSufficientPID",
            pids ? "the host has few process ids left"
                 : "the host has sufficient process ids available"},
        ready(node)};
}

Json to_json(const Condition& condition, const Json& previous, TimePoint now) {
    const std::string status = condition.holds ? "True" : "False";
    const auto* before = json_read::condition(previous, condition.type);
    const bool same = before != nullptr && json_read::text(*before, "status") == status;
    return {
        {"type", condition.type},
        {"status", status},
        {"reason", condition.reason},
        {"message", condition.message},
        {"lastHeartbeatTime", format_time(now)},
        {"lastTransitionTime",
         same ? json_read::text(*before, "lastTransitionTime") : format_time(now)}};
}

Json build_conditions(const NodeSnapshot& node, const Json& previous, TimePoint now) {
    const auto own = conditions_of(node);
    Json conditions = Json::array();
    for (const auto& condition : own) conditions.push_back(to_json(condition, previous, now));
    for (const auto& condition : json_read::member(previous, "conditions")) {
        const auto type = json_read::text(condition, "type");
        const auto mine = [&](const Condition& c) { return c.type == type; };
        if (std::none_of(own.begin(), own.end(), mine)) conditions.push_back(condition);
    }
    return conditions;
}

Json resources(const HostFacts& host, std::int64_t reserved_memory) {
    return {
        {"cpu", std::to_string(host.cpus)},
        {"memory", fmt::format("{}Ki", (host.memory_bytes - reserved_memory) / 1024)},
        {"ephemeral-storage", fmt::format("{}Ki", host.disk_bytes / 1024)},
        {"pods", std::to_string(kMaxPods)}};
}

Json node_info(const NodeSnapshot& node) {
    const auto version = std::string("v1.32.0-picket-") + PICKET_VERSION;
    return {
        {"architecture", node.host.architecture},
        {"bootID", node.host.boot_id},
        {"containerRuntimeVersion", "docker://" + node.runtime.version},
        {"kernelVersion", node.host.kernel_version},
        {"kubeProxyVersion", version},
        {"kubeletVersion", version},
        {"machineID", node.host.machine_id},
        {"operatingSystem", "linux"},
        {"osImage", node.host.os_image},
        {"systemUUID", node.host.system_uuid}};
}

void drop_heartbeats(Json& status) {
    if (!status.contains("conditions")) return;
    for (auto& condition : status["conditions"]) condition.erase("lastHeartbeatTime");
}

}  // namespace

ResourceList allocatable_of(const HostFacts& host) {
    return {
        {"cpu", Quantity::of(host.cpus)},
        {"memory", Quantity::of_bytes(host.memory_bytes - kReservedMemory)},
        {"pods", Quantity::of(kMaxPods)}};
}

Labels standard_labels(const NodeSnapshot& node) {
    return {
        {"kubernetes.io/hostname", node.name},
        {"kubernetes.io/os", "linux"},
        {"kubernetes.io/arch", node.host.architecture},
        {"beta.kubernetes.io/os", "linux"},
        {"beta.kubernetes.io/arch", node.host.architecture},
        {kPrefetchLabel, "true"}};
}

// --node-labels are given at the registration only: later the labels are the user's to change.
Json build_node(const NodeSnapshot& node) {
    auto labels = standard_labels(node);
    for (const auto& [key, value] : node.extra_labels) labels[key] = value;
    return {
        {"apiVersion", "v1"},
        {"kind", "Node"},
        {"metadata", {{"name", node.name}, {"labels", labels}}},
        {"spec", Json::object()}};
}

Json build_node_status(const NodeSnapshot& node, const Json& previous, TimePoint now) {
    return {
        {"addresses",
         Json::array(
             {Json{{"type", "InternalIP"}, {"address", node.ip}},
              Json{{"type", "Hostname"}, {"address", node.host.hostname}}})},
        {"capacity", resources(node.host, 0)},
        {"allocatable", resources(node.host, kReservedMemory)},
        {"conditions", build_conditions(node, previous, now)},
        {"nodeInfo", node_info(node)}};
}

bool status_differs(const Json& a, const Json& b) {
    auto left = a;
    auto right = b;
    drop_heartbeats(left);
    drop_heartbeats(right);
    return left != right;
}

}  // namespace picket::nodeagent
