#include "nodeagent/order/readiness.hpp"

#include "common/api/json_read.hpp"
#include "common/base/private_file.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

std::filesystem::path readiness_path(const std::filesystem::path& data_dir) {
    return data_dir / "readiness.json";
}

PodReadiness parse_pod_readiness(const Json& json) {
    return {
        json_read::text(json, "pod"),
        json_read::boolean(json, "ready"),
        json_read::text(json, "why")};
}

}  // namespace

std::string unready_reason(const Json& status) {
    if (const auto reason = json_read::text(status, "reason"); !reason.empty())
        return reason + ": " + json_read::text(status, "message");
    for (const auto* list : {"initContainerStatuses", "containerStatuses"}) {
        for (const auto& container : json_read::member(status, list)) {
            if (json_read::boolean(container, "ready")) continue;
            const auto name = json_read::text(container, "name");
            const auto& waiting =
                json_read::member(json_read::member(container, "state"), "waiting");
            const auto reason = json_read::text(waiting, "reason");
            if (reason.empty()) return fmt::format("container {} is not ready", name);
            const auto message = json_read::text(waiting, "message");
            return fmt::format(
                "container {}: {}{}", name, reason, message.empty() ? "" : ": " + message);
        }
    }
    return "not started yet";
}

bool HostReadiness::ready() const {
    return known &&
           std::all_of(pods.begin(), pods.end(), [](const auto& pod) { return pod.ready; });
}

Result<void> write_readiness(
    const std::filesystem::path& data_dir, const HostReadiness& readiness) {
    Json pods = Json::array();
    for (const auto& pod : readiness.pods)
        pods.push_back({{"pod", pod.pod}, {"ready", pod.ready}, {"why", pod.why}});
    const Json json = {{"known", readiness.known}, {"pods", std::move(pods)}};
    return replace_private_file(readiness_path(data_dir), json.dump());
}

void forget_readiness(const std::filesystem::path& data_dir) {
    std::error_code ignored;  // none is left behind at a first start
    std::filesystem::remove(readiness_path(data_dir), ignored);
}

std::optional<HostReadiness> read_readiness(const std::filesystem::path& data_dir) {
    const auto json = Json::parse(read_file_or_empty(readiness_path(data_dir)), nullptr, false);
    if (!json.is_object()) return std::nullopt;
    return HostReadiness{
        json_read::boolean(json, "known"),
        json_read::list<PodReadiness>(json, "pods", parse_pod_readiness)};
}

}  // namespace picket::nodeagent
