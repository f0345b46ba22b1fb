#include "cli/describe/describe.hpp"

#include "cli/describe/parts.hpp"
#include "cli/json_path.hpp"
#include "common/yaml/yaml.hpp"

#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

// Whoever looks over a shoulder at `describe` shall not read secrets; get -o yaml shows them.
Json with_data_lengths(Json object) {
    if (object.contains("data") && object["data"].is_object()) {
        for (Json& value : object["data"])
            value =
                std::to_string(value.is_string() ? value.get_ref<const std::string&>().size() : 0) +
                " bytes (base64)";
    }
    return object;
}

}  // namespace

std::string describe_any(const Described& described, TimePoint now) {
    Report report;
    report_metadata(report, described.object);
    report.field(
        "Kind",
        string_at(described.object, "/apiVersion") + " " + string_at(described.object, "/kind"));
    report.field("Created", string_at(described.object, "/metadata/creationTimestamp"));
    Json rest = string_at(described.object, "/kind") == "Secret"
                    ? with_data_lengths(described.object)
                    : described.object;
    for (const char* shown : {"apiVersion", "kind", "metadata"}) rest.erase(shown);
    report.blank();
    if (!rest.empty()) report.line(format_yaml(rest));
    report_events(report, described.events, now);
    return report.text();
}

std::string describe(const Described& described, TimePoint now) {
    const std::string kind = string_at(described.object, "/kind");
    if (kind == "DaemonSet") return describe_daemon_set(described, now);
    if (kind == "Pod") return describe_pod(described, now);
    if (kind == "Node") return describe_node(described, now);
    return describe_any(described, now);
}

}  // namespace picket::cli
