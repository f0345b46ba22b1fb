#include "cli/describe/parts.hpp"

#include "cli/json_path.hpp"
#include "cli/text.hpp"
#include "common/api/age.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace picket::cli {
namespace {

std::string joined(const Json& list, std::string_view separator) {
    std::vector<std::string> parts;
    for (const Json& element : list)
        parts.push_back(element.is_string() ? element.get<std::string>() : element.dump());
    return join(parts, separator);
}

std::string ports_text(const Json& ports) {
    std::vector<std::string> texts;
    for (const Json& port : ports) {
        std::string text = fmt::format(
            "{}/{}",
            integer_at(port, "/containerPort"),
            port.value("protocol", std::string("TCP")));
        if (const auto host = integer_at(port, "/hostPort"); host != 0)
            text += fmt::format(" (host port {})", host);
        texts.push_back(std::move(text));
    }
    return join(texts, ", ");
}

std::string environment_text(const Json& variables) {
    std::vector<std::string> texts;
    for (const Json& variable : variables) {
        const Json& source = at_path(variable, "/valueFrom");
        const std::string value =
            source.is_null() ? string_at(variable, "/value") : "from " + source.dump();
        texts.push_back(fmt::format("{}={}", string_at(variable, "/name"), value));
    }
    return join(texts, "\n");
}

std::string mounts_text(const Json& mounts) {
    std::vector<std::string> texts;
    for (const Json& mount : mounts) {
        const char* mode = at_path(mount, "/readOnly") == true ? "ro" : "rw";
        texts.push_back(fmt::format(
            "{} from {} ({})", string_at(mount, "/mountPath"), string_at(mount, "/name"), mode));
    }
    return join(texts, "\n");
}

std::string state_text(const Json& state) {
    if (!state.is_object() || state.empty()) return "";
    const auto only = state.begin();
    const Json& details = only.value();
    std::string text = only.key();
    if (const auto reason = string_at(details, "/reason"); !reason.empty()) text += ": " + reason;
    if (details.contains("exitCode"))
        text += fmt::format(", exit code {}", integer_at(details, "/exitCode"));
    if (const auto message = string_at(details, "/message"); !message.empty())
        text += "\n" + message;
    if (const auto started = string_at(details, "/startedAt"); !started.empty())
        text += "\nstarted " + started;
    if (const auto ended = string_at(details, "/finishedAt"); !ended.empty())
        text += "\nended " + ended;
    return text;
}

const Json& status_of(const Json& statuses, const std::string& name) {
    static const Json nothing = nullptr;
    for (const Json& status : statuses) {
        if (string_at(status, "/name") == name) return status;
    }
    return nothing;
}

void report_status(Report& report, const Json& status) {
    if (status.is_null()) return;
    report.field("Container ID", string_at(status, "/containerID"));
    report.field("State", state_text(at_path(status, "/state")));
    if (const auto last = state_text(at_path(status, "/lastState")); !last.empty())
        report.field("Last State", last);
    report.field("Ready", at_path(status, "/ready") == true ? "True" : "False");
    report.field("Restart Count", std::to_string(integer_at(status, "/restartCount")));
}

void report_optional(Report& report, std::string_view name, const std::string& value) {
    if (!value.empty()) report.field(name, value);
}

void report_container(Report& report, const Json& container, const Json& status) {
    report.section(string_at(container, "/name"));
    report.field("Image", string_at(container, "/image"));
    report_optional(report, "Command", joined(list_at(container, "/command"), " "));
    report_optional(report, "Args", joined(list_at(container, "/args"), " "));
    report_optional(report, "Ports", ports_text(list_at(container, "/ports")));
    report_status(report, status);
    if (at_path(container, "/resources/limits").is_object())
        report.map("Limits", at_path(container, "/resources/limits"));
    if (at_path(container, "/resources/requests").is_object())
        report.map("Requests", at_path(container, "/resources/requests"));
    report_optional(report, "Environment", environment_text(list_at(container, "/env")));
    report_optional(report, "Mounts", mounts_text(list_at(container, "/volumeMounts")));
    report.end_section();
}

std::string event_time(const Json& event) {
    for (const char* field :
         {"/series/lastObservedTime", "/lastTimestamp", "/eventTime", "/firstTimestamp"}) {
        if (const auto time = string_at(event, field); !time.empty()) return time;
    }
    return string_at(event, "/metadata/creationTimestamp");
}

}  // namespace

void report_metadata(Report& report, const Json& object) {
    report.field("Name", string_at(object, "/metadata/name"));
    const std::string name_space = string_at(object, "/metadata/namespace");
    if (!name_space.empty()) report.field("Namespace", name_space);
    report.map("Labels", at_path(object, "/metadata/labels"));
    Json annotations = at_path(object, "/metadata/annotations");
    if (annotations.is_object())
        annotations.erase("kubectl.kubernetes.io/last-applied-configuration");
    report.map("Annotations", annotations);
}

void report_containers(Report& report, const Json& pod_spec, const Json& statuses) {
    for (const auto& [field, heading] :
         {std::pair{"/initContainers", "Init Containers"}, {"/containers", "Containers"}}) {
        const Json& containers = list_at(pod_spec, field);
        if (containers.empty()) continue;
        report.section(heading);
        for (const Json& container : containers)
            report_container(report, container, status_of(statuses, string_at(container, "/name")));
        report.end_section();
    }
}

void report_volumes(Report& report, const Json& pod_spec) {
    const Json& volumes = list_at(pod_spec, "/volumes");
    if (volumes.empty()) return;
    report.section("Volumes");
    for (Json volume : volumes) {
        const std::string name = string_at(volume, "/name");
        volume.erase("name");
        report.field(name, volume.dump());
    }
    report.end_section();
}

void report_conditions(Report& report, const Json& conditions) {
    if (!conditions.is_array() || conditions.empty()) return;
    report.section("Conditions");
    for (const Json& condition : conditions) {
        std::string value = string_at(condition, "/status");
        if (const auto reason = string_at(condition, "/reason"); !reason.empty())
            value += " (" + reason + ")";
        if (const auto message = string_at(condition, "/message"); !message.empty())
            value += " " + message;
        report.field(string_at(condition, "/type"), value);
    }
    report.end_section();
}

void report_events(Report& report, std::vector<Json> events, TimePoint now) {
    if (events.empty()) {
        report.field("Events", "");
        return;
    }
    std::ranges::sort(events, {}, event_time);
    report.section("Events");
    for (const Json& event : events) {
        const auto count = integer_at(event, "/count", 1);
        report.line(fmt::format(
            "{:<8} {:<18} {:>5} ago{}  {}",
            string_at(event, "/type"),
            string_at(event, "/reason"),
            human_age(event_time(event), now),
            count > 1 ? fmt::format(" (x{})", count) : "",
            string_at(event, "/message")));
    }
    report.end_section();
}

}  // namespace picket::cli
