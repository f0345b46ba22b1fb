#include "nodeagent/runtime/docker_messages.hpp"

#include "common/api/json_read.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace nlohmann::literals;

Json parse_object(std::string_view text) {
    auto json = Json::parse(text, nullptr, false);
    return json.is_object() ? json : Json::object();
}

Reason reason_for(unsigned status, const std::string& message) {
    const bool name_taken =
        status == 409 && message.find("is already in use by container") != std::string::npos;
    return name_taken ? Reason::AlreadyExists : reason_for_http_status(status);
}

Json label_list(const ContainerLabels& labels) {
    Json list = Json::array();
    for (const auto& [key, value] : labels) list.push_back(key + "=" + value);
    return list;
}

/// The number at `path`, 0 if there is none.
std::int64_t number_in(const Json& json, const char* path) {
    const Json::json_pointer pointer(path);
    if (!json.contains(pointer) || !json.at(pointer).is_number()) return 0;
    return json.at(pointer).get<std::int64_t>();
}

/// cgroup v1 has totals that include what is below; v2 always does.
std::int64_t memory_part(const Json& stats, const char* v1, const char* v2) {
    const auto& names = stats.contains("/memory_stats/stats"_json_pointer)
                            ? stats.at("/memory_stats/stats"_json_pointer)
                            : Json::object();
    return names.contains(v1) ? number_in(names, (std::string("/") + v1).c_str())
                              : number_in(names, (std::string("/") + v2).c_str());
}

}  // namespace

ContainerUsage parse_usage(const Json& stats) {
    ContainerUsage usage;
    usage.cpu_nanoseconds = number_in(stats, "/cpu_stats/cpu_usage/total_usage");
    usage.memory_bytes = number_in(stats, "/memory_stats/usage");
    const auto droppable = memory_part(stats, "total_inactive_file", "inactive_file");
    usage.working_set_bytes = std::max<std::int64_t>(0, usage.memory_bytes - droppable);
    usage.rss_bytes = memory_part(stats, "total_rss", "anon");
    usage.cache_bytes = memory_part(stats, "total_cache", "file");
    usage.memory_limit_bytes = number_in(stats, "/memory_stats/limit");
    usage.pids = number_in(stats, "/pids_stats/current");
    for (const auto& network : stats.value("networks", Json::object())) {
        usage.received_bytes += number_in(network, "/rx_bytes");
        usage.sent_bytes += number_in(network, "/tx_bytes");
    }
    return usage;
}

Error docker_error(unsigned status, std::string_view body) {
    auto message = json_read::text(parse_object(body), "message");
    if (message.empty()) message = "the container engine answered " + std::to_string(status);
    const auto reason = reason_for(status, message);
    return Error{.reason = reason, .message = std::move(message)};
}

ProgressLine parse_progress_line(std::string_view line) {
    const auto json = parse_object(line);
    ProgressLine result;
    result.error = json_read::text(json, "error");
    result.id = json_read::text(json, "id");
    result.status = json_read::text(json, "status");
    result.text = result.status;
    const auto& detail = json_read::member(json, "progressDetail");
    result.current = json_read::integer(detail, "current");
    result.total = json_read::integer(detail, "total");
    if (const auto progress = json_read::text(json, "progress"); !progress.empty())
        result.text += " " + progress;
    return result;
}

std::optional<RuntimeEvent> parse_event_line(std::string_view line) {
    const auto json = parse_object(line);
    if (json_read::text(json, "Type") != "container") return std::nullopt;
    const auto actor = json.value("Actor", Json::object());
    const auto attributes = actor.value("Attributes", Json::object());
    return RuntimeEvent{
        .container_id = json_read::text(actor, "ID"),
        .pod_uid = json_read::text(attributes, label::kPodUid),
        .action = json_read::text(json, "Action"),
    };
}

std::string label_filter(const ContainerLabels& labels) {
    return Json{{"label", label_list(labels)}}.dump();
}

std::string event_filter(const ContainerLabels& labels) {
    return Json{
        {"type", Json::array({"container"})},
        {"event", Json::array({"start", "die", "oom", "destroy", "pause", "unpause"})},
        {"label", label_list(labels)}}
        .dump();
}

std::string registry_auth_header(const RegistryCredential& credential) {
    if (!credential.identity_token.empty()) {
        return base64url_encode(Json{{"identitytoken", credential.identity_token}}.dump());
    }
    if (credential.username.empty() && credential.password.empty()) return {};
    return base64url_encode(Json{
        {"username", credential.username},
        {"password", credential.password},
        {"serveraddress",
         credential.server}}.dump());
}

}  // namespace picket::nodeagent
