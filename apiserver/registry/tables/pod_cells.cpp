#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"
#include "common/api/age.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::registry {
namespace {

/// Statuses of the containers that live as long as the pod: the containers and the restartable init
/// containers.
std::vector<Json> lasting_statuses(const Json& pod) {
    const auto sidecars = sidecar_names(pod);
    std::vector<Json> statuses;
    for (const auto& status : at(pod, {"status", "initContainerStatuses"})) {
        if (sidecars.contains(json_read::text(status, "name"))) statuses.push_back(status);
    }
    for (const auto& status : at(pod, {"status", "containerStatuses"})) statuses.push_back(status);
    return statuses;
}

std::size_t lasting_containers(const Json& pod) {
    return at(pod, {"spec", "containers"}).size() + sidecar_names(pod).size();
}

std::string ready_text(const Json& pod) {
    const auto statuses = lasting_statuses(pod);
    const auto ready = std::ranges::count_if(statuses, [](const Json& status) {
        return json_read::boolean(status, "ready") && !at(status, {"state", "running"}).is_null();
    });
    return fmt::format("{}/{}", ready, lasting_containers(pod));
}

/// "3", or "3 (5m ago)" where it is known when a container last ended.
std::string restarts_text(const Json& pod, TimePoint now) {
    std::int64_t restarts = 0;
    std::optional<TimePoint> last;
    for (const auto& status : lasting_statuses(pod)) {
        restarts += json_read::integer(status, "restartCount");
        const auto ended = json_read::time(at(status, {"lastState", "terminated"}), "finishedAt");
        if (ended && (!last || *ended > *last)) last = ended;
    }
    if (restarts == 0 || !last) return std::to_string(restarts);
    return fmt::format("{} ({} ago)", restarts, human_duration(now - *last));
}

std::string ip_text(const Json& status) {
    const auto& ips = member(status, "podIPs");
    if (ips.is_array() && !ips.empty()) return json_read::text(ips[0], "ip");
    return json_read::text(status, "podIP");
}

std::string readiness_gates_text(const Json& pod) {
    const auto& gates = at(pod, {"spec", "readinessGates"});
    if (gates.empty()) return "<none>";
    const auto& conditions = at(pod, {"status", "conditions"});
    const auto open = std::count_if(gates.begin(), gates.end(), [&](const Json& gate) {
        return std::any_of(conditions.begin(), conditions.end(), [&](const Json& condition) {
            return member(condition, "type") == member(gate, "conditionType") &&
                   json_read::text(condition, "status") == "True";
        });
    });
    return fmt::format("{}/{}", open, gates.size());
}

}  // namespace

Json pod_cells(const Json& object, TimePoint now) {
    const auto& status = member(object, "status");
    return {
        name_cell(object),
        ready_text(object),
        pod_status_text(object),
        restarts_text(object, now),
        age_cell(object, now),
        or_none(ip_text(status)),
        or_none(text_at(object, {"spec", "nodeName"})),
        or_none(json_read::text(status, "nominatedNodeName")),
        readiness_gates_text(object)};
}

}  // namespace picket::registry
