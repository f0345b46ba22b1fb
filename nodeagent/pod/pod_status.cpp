#include "nodeagent/pod/pod_status.hpp"

#include "common/api/json_read.hpp"
#include "common/api/pod.hpp"
#include "nodeagent/pod/container_status.hpp"
#include "nodeagent/pod/resources.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::nodeagent {
namespace {

struct PodCondition {
    std::string type;
    bool holds = true;
    std::string reason = {};
    std::string message = {};
};

bool is_terminal(std::string_view phase) {
    return phase == "Failed" || phase == "Succeeded";
}

std::vector<std::string> unready_containers(const PodSnapshot& snapshot) {
    std::vector<std::string> names;
    const auto check = [&](const Container& spec) {
        const auto* state = snapshot.latest(spec.name);
        const bool ready =
            state != nullptr && !snapshot.is_lost(spec.name) && snapshot.is_ready(*state);
        if (!ready) names.push_back(spec.name);
    };
    for (const auto& init : snapshot.pod().spec.init_containers) {
        if (init.restart_always) check(init);
    }
    for (const auto& container : snapshot.pod().spec.containers) check(container);
    return names;
}

bool all_exited_with_zero(const PodSnapshot& snapshot) {
    const auto& containers = snapshot.pod().spec.containers;
    return std::all_of(containers.begin(), containers.end(), [&](const Container& spec) {
        const auto* state = snapshot.latest(spec.name);
        return state != nullptr && state->exited() && state->exit_code == 0;
    });
}

std::string phase_of(const PodSnapshot& snapshot, const Json& previous) {
    if (snapshot.memory().rejected) return "Failed";
    // A pod that has ended stays ended, also when its containers are gone.
    if (const auto phase = json_read::text(previous, "phase"); is_terminal(phase)) return phase;
    if (snapshot.completed()) return all_exited_with_zero(snapshot) ? "Succeeded" : "Failed";
    const auto& containers = snapshot.pod().spec.containers;
    const bool waiting =
        std::any_of(containers.begin(), containers.end(), [&](const Container& spec) {
            return never_ran(snapshot, spec);
        });
    return waiting || !snapshot.initialized() ? "Pending" : "Running";
}

std::string joined(const std::vector<std::string>& names) {
    return fmt::format("[{}]", fmt::join(names, " "));
}

std::vector<std::string> incomplete_inits(const PodSnapshot& snapshot) {
    std::vector<std::string> names;
    if (snapshot.initialized()) return names;
    const auto* current = snapshot.current_init();
    bool reached = false;
    for (const auto& init : snapshot.pod().spec.init_containers) {
        reached = reached || &init == current;
        if (reached) names.push_back(init.name);
    }
    return names;
}

PodCondition initialized_condition(const PodSnapshot& snapshot, const std::string& phase) {
    const auto names = incomplete_inits(snapshot);
    if (names.empty() || is_terminal(phase)) return {"Initialized"};
    return {
        "Initialized",
        false,
        "ContainersNotInitialized",
        "containers with incomplete status: " + joined(names)};
}

PodCondition ready_condition(
    std::string type, const PodSnapshot& snapshot, const std::string& phase) {
    if (phase == "Succeeded") return {std::move(type), false, "PodCompleted"};
    if (phase == "Failed") return {std::move(type), false, "PodFailed"};
    const auto names = unready_containers(snapshot);
    if (names.empty()) return {std::move(type)};
    return {
        std::move(type),
        false,
        "ContainersNotReady",
        "containers with unready status: " + joined(names)};
}

Json to_json(const PodCondition& condition, const Json& previous, TimePoint now) {
    const std::string status = condition.holds ? "True" : "False";
    const auto* before = json_read::condition(previous, condition.type);
    const bool same = before != nullptr && json_read::text(*before, "status") == status;
    const auto since = same ? json_read::text(*before, "lastTransitionTime") : format_time(now);
    Json json = {
        {"type", condition.type},
        {"status", status},
        {"lastProbeTime", nullptr},
        {"lastTransitionTime", since.empty() ? format_time(now) : since}};
    if (!condition.reason.empty()) json["reason"] = condition.reason;
    if (!condition.message.empty()) json["message"] = condition.message;
    return json;
}

/// PodReadyToStartContainers says that the pod's network stands.
bool network_stands(const PodSnapshot& snapshot) {
    if (snapshot.sandbox() != nullptr) return true;
    const auto& states = snapshot.containers();
    return std::any_of(
        states.begin(), states.end(), [](const auto& state) { return state.running(); });
}

Json build_conditions(const PodSnapshot& snapshot, const std::string& phase, const Json& previous) {
    std::vector<PodCondition> own = {
        {"PodReadyToStartContainers", network_stands(snapshot)},
        initialized_condition(snapshot, phase),
        ready_condition("Ready", snapshot, phase),
        ready_condition("ContainersReady", snapshot, phase),
        {"PodScheduled"},
    };
    if (const auto& prefetch = snapshot.memory().prefetch) {
        own.push_back(
            {kPrefetchedCondition + prefetch->revision,
             prefetch->done,
             prefetch->why.reason,
             prefetch->why.message});
    }
    Json conditions = Json::array();
    for (const auto& condition : own)
        conditions.push_back(to_json(condition, previous, snapshot.now()));
    for (const auto& condition : json_read::member(previous, "conditions")) {
        const auto type = json_read::text(condition, "type");
        const auto mine = [&](const PodCondition& c) { return c.type == type; };
        const bool outdated = type.starts_with(kPrefetchedCondition);
        if (!outdated && std::none_of(own.begin(), own.end(), mine))
            conditions.push_back(condition);
    }
    return conditions;
}

Json build_statuses(const PodSnapshot& snapshot, const std::vector<Container>& containers) {
    Json list = Json::array();
    for (const auto& spec : containers) list.push_back(build_container_status(snapshot, spec));
    return list;
}

void fill_addresses(Json& status, const PodSnapshot& snapshot, const NodeContext& node) {
    status["hostIP"] = node.ip;
    status["hostIPs"] = Json::array({Json{{"ip", node.ip}}});
    const auto address = snapshot.pod().spec.host_network ? node.ip : snapshot.address();
    if (address.empty()) return;
    status["podIP"] = address;
    status["podIPs"] = Json::array({Json{{"ip", address}}});
}

}  // namespace

Json build_pod_status(const PodSnapshot& snapshot, const NodeContext& node, const Json& previous) {
    const auto phase = phase_of(snapshot, previous);
    const auto started = json_read::text(previous, "startTime");
    Json status = {
        {"phase", phase},
        {"conditions", build_conditions(snapshot, phase, previous)},
        {"qosClass", qos_name(qos_class(snapshot.pod()))},
        {"startTime", started.empty() ? format_time(snapshot.now()) : started},
    };
    if (const auto& rejected = snapshot.memory().rejected) {
        status["reason"] = rejected->reason;
        status["message"] = rejected->message;
        // Refused before anything was made; an evicted pod still tells how its containers end.
        if (snapshot.containers().empty()) return status;
    }
    fill_addresses(status, snapshot, node);
    status["containerStatuses"] = build_statuses(snapshot, snapshot.pod().spec.containers);
    if (!snapshot.pod().spec.init_containers.empty()) {
        status["initContainerStatuses"] =
            build_statuses(snapshot, snapshot.pod().spec.init_containers);
    }
    return status;
}

}  // namespace picket::nodeagent
