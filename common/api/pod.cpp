#include "common/api/pod.hpp"

#include "common/api/json_read.hpp"
#include "common/api/node_affinity.hpp"
#include "common/api/pod_trouble.hpp"
#include "common/base/encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket {
namespace {

std::string node_of_affinity(const Json& spec) {
    const auto affinity = parse_node_affinity(json_read::member(spec, "affinity"));
    return affinity ? affinity->single_node().value_or(std::string{}) : std::string{};
}

void read_ready_condition(const Json& status, Pod& pod) {
    for (const auto& condition : json_read::member(status, "conditions")) {
        if (json_read::text(condition, "type") != "Ready") continue;
        pod.ready = json_read::text(condition, "status") == "True";
        (pod.ready ? pod.ready_since : pod.unready_since) =
            json_read::time(condition, "lastTransitionTime");
    }
}

std::string annotation_of(const Json& metadata, std::string_view key) {
    return json_read::text(json_read::member(metadata, "annotations"), key);
}

std::optional<TimePoint> stop_request(const Json& metadata) {
    const auto end = json_read::time(metadata, "deletionTimestamp");
    if (!end) return std::nullopt;
    return *end - std::chrono::seconds(json_read::integer(metadata, "deletionGracePeriodSeconds"));
}

/// Text that is not JSON asks for nothing that can be answered.
std::shared_ptr<const Prefetch> read_prefetch(const Json& metadata, const Json& status) {
    const auto asked = annotation_of(metadata, kPrefetchAnnotation);
    if (asked.empty()) return nullptr;
    Prefetch prefetch;
    const auto request = Json::parse(asked, nullptr, false);
    prefetch.revision = json_read::text(request, "revision");
    prefetch.asked = json_read::time(request, "asked");
    if (const auto* answer =
            json_read::condition(status, kPrefetchedCondition + prefetch.revision)) {
        prefetch.answered = true;
        prefetch.done = json_read::text(*answer, "status") == "True";
        prefetch.failed = !prefetch.done && json_read::text(*answer, "reason") != "Pulling";
        prefetch.since = json_read::time(*answer, "lastTransitionTime");
        prefetch.message = json_read::text(*answer, "message");
    }
    return std::make_shared<const Prefetch>(std::move(prefetch));
}

std::vector<NamedPort> named_ports(const Json& spec) {
    std::vector<NamedPort> ports;
    for (const auto& container : json_read::member(spec, "containers")) {
        for (const auto& port : json_read::member(container, "ports")) {
            auto name = json_read::text(port, "name");
            if (name.empty()) continue;
            ports.push_back(
                {std::move(name),
                 json_read::text(port, "protocol"),
                 json_read::integer(port, "containerPort")});
        }
    }
    return ports;
}

}  // namespace

PodPhase parse_pod_phase(std::string_view text) {
    if (text == "Running") return PodPhase::Running;
    if (text == "Succeeded") return PodPhase::Succeeded;
    if (text == "Failed") return PodPhase::Failed;
    if (text == "Unknown") return PodPhase::Unknown;
    return PodPhase::Pending;
}

PodTurn parse_pod_turn(std::string_view text) {
    if (text == "taken") return PodTurn::Taken;
    if (text == "excused") return PodTurn::Excused;
    return PodTurn::None;
}

std::string_view pod_turn_name(PodTurn turn) {
    if (turn == PodTurn::Taken) return "taken";
    return turn == PodTurn::Excused ? "excused" : "";
}

std::uint32_t hash_images(const Json& pod_spec) {
    std::vector<std::string> names;
    for (const auto* list : {"initContainers", "containers"}) {
        for (const auto& container : json_read::member(pod_spec, list))
            names.push_back(json_read::text(container, "image"));
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string text;
    for (const auto& name : names) text.append(name).append("\n");
    return fnv1a_32(text);
}

Pod Pod::parse(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    const auto& spec = json_read::member(object, "spec");
    const auto& status = json_read::member(object, "status");
    Pod pod;
    pod.meta = ObjectMeta::parse(metadata);
    pod.node_name = json_read::text(spec, "nodeName");
    if (!pod.bound()) pod.aimed_node = node_of_affinity(spec);
    pod.phase = parse_pod_phase(json_read::text(status, "phase"));
    pod.reason = json_read::text(status, "reason");
    pod.ip = json_read::text(status, "podIP");
    pod.ports = named_ports(spec);
    read_ready_condition(status, pod);
    pod.started = json_read::time(status, "startTime");
    pod.stopping_since = stop_request(metadata);
    pod.trouble = find_trouble(status).trouble;
    pod.turn = parse_pod_turn(annotation_of(metadata, kTurnAnnotation));
    pod.images = hash_images(spec);
    pod.prefetch = read_prefetch(metadata, status);
    return pod;
}

}  // namespace picket
