#include "cli/pull_progress.hpp"

#include "cli/json_path.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string_view>

namespace picket::cli {
namespace {

std::optional<std::size_t> status_column(const Json& table) {
    std::size_t index = 0;
    for (const Json& column : list_at(table, "/columnDefinitions")) {
        if (string_at(column, "/name") == "Status") return index;
        ++index;
    }
    return std::nullopt;
}

std::string key_of(const Json& object) {
    return string_at(object, "/metadata/namespace") + "/" + string_at(object, "/metadata/name");
}

/// "Pulling image "name": how far", or nothing.
std::string progress_in(const Json& container) {
    constexpr std::string_view kPulling = "Pulling image \"";
    const auto message = string_at(container, "/state/waiting/message");
    const auto end = message.find("\": ", kPulling.size());
    if (!message.starts_with(kPulling) || end == std::string::npos) return {};
    return message.substr(end + 3);
}

std::string pull_progress(const Json& pod) {
    for (const auto* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
        for (const Json& container : list_at(pod, list)) {
            if (auto progress = progress_in(container); !progress.empty()) return progress;
        }
    }
    return {};
}

}  // namespace

bool may_be_pulling(const Json& pod_table) {
    const auto column = status_column(pod_table);
    if (!column) return false;
    for (const Json& row : list_at(pod_table, "/rows")) {
        const auto status = row.at("cells").at(*column).get<std::string>();
        if (status == "ContainerCreating" || status == "PodInitializing" ||
            status.starts_with("Init:"))
            return true;
    }
    return false;
}

void show_pull_progress(Json& pod_table, const std::vector<Json>& pods) {
    const auto column = status_column(pod_table);
    if (!column) return;
    std::map<std::string, std::string> progress;
    for (const Json& pod : pods) {
        if (auto text = pull_progress(pod); !text.empty()) progress[key_of(pod)] = std::move(text);
    }
    for (Json& row : pod_table["rows"]) {
        const auto found = progress.find(key_of(at_path(row, "/object")));
        if (found != progress.end())
            row["cells"][*column] = fmt::format("Pulling ({})", found->second);
    }
}

}  // namespace picket::cli
