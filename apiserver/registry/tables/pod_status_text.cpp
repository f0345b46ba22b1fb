#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"
#include "common/api/pod_resources.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace picket::registry {
namespace {

const Json& waiting(const Json& status) {
    return at(status, {"state", "waiting"});
}
const Json& terminated(const Json& status) {
    return at(status, {"state", "terminated"});
}
bool runs(const Json& status) {
    return !at(status, {"state", "running"}).is_null();
}

/// "Signal:9" or "ExitCode:1", for an end that gives no reason.
std::string exit_text(const Json& ended) {
    if (const auto signal = json_read::integer(ended, "signal"); signal != 0)
        return fmt::format("Signal:{}", signal);
    return fmt::format("ExitCode:{}", json_read::integer(ended, "exitCode"));
}

std::string end_text(const Json& ended) {
    const auto reason = json_read::text(ended, "reason");
    return reason.empty() ? exit_text(ended) : reason;
}

/// What the first init container that still holds the pod up says; nothing when all are through.
std::optional<std::string> init_text(const Json& pod) {
    const auto sidecars = sidecar_names(pod);
    const auto& statuses = at(pod, {"status", "initContainerStatuses"});
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        const auto& status = statuses[i];
        const auto& ended = terminated(status);
        if (!ended.is_null() && json_read::integer(ended, "exitCode") == 0) continue;
        if (sidecars.contains(json_read::text(status, "name")) &&
            json_read::boolean(status, "started"))
            continue;
        if (!ended.is_null()) return "Init:" + end_text(ended);
        const auto reason = json_read::text(waiting(status), "reason");
        if (!reason.empty() && reason != "PodInitializing") return "Init:" + reason;
        return fmt::format("Init:{}/{}", i, at(pod, {"spec", "initContainers"}).size());
    }
    return std::nullopt;
}

bool is_ready(const Json& pod) {
    for (const auto& condition : at(pod, {"status", "conditions"})) {
        if (json_read::text(condition, "type") == "Ready")
            return json_read::text(condition, "status") == "True";
    }
    return false;
}

/// The first container that has something to say decides, so the list is read from its end.
std::string containers_text(const Json& pod, std::string text) {
    bool running = false;
    const auto& statuses = at(pod, {"status", "containerStatuses"});
    for (std::size_t i = statuses.size(); i-- > 0;) {
        const auto& status = statuses[i];
        if (const auto reason = json_read::text(waiting(status), "reason"); !reason.empty()) {
            text = reason;
        } else if (const auto& ended = terminated(status); !ended.is_null()) {
            text = end_text(ended);
        } else if (json_read::boolean(status, "ready") && runs(status)) {
            running = true;
        }
    }
    if (text == "Completed" && running) return is_ready(pod) ? "Running" : "NotReady";
    return text;
}

}  // namespace

std::set<std::string> sidecar_names(const Json& pod) {
    std::set<std::string> names;
    for (const auto& container : at(pod, {"spec", "initContainers"})) {
        if (is_sidecar(container)) names.insert(json_read::text(container, "name"));
    }
    return names;
}

std::string pod_status_text(const Json& pod) {
    const auto reason = text_at(pod, {"status", "reason"});
    if (has(member(pod, "metadata"), "deletionTimestamp"))
        return reason == "NodeLost" ? "Unknown" : "Terminating";
    if (auto init = init_text(pod)) return *std::move(init);
    return containers_text(pod, reason.empty() ? text_at(pod, {"status", "phase"}) : reason);
}

}  // namespace picket::registry
