#include "cli/describe/describe.hpp"
#include "cli/describe/parts.hpp"
#include "cli/json_path.hpp"
#include "cli/selectors.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

void report_counts(Report& report, const Json& set) {
    const auto count = [&](const char* field) { return std::to_string(integer_at(set, field)); };
    report.field("Desired", count("/status/desiredNumberScheduled"));
    report.field("Current", count("/status/currentNumberScheduled"));
    report.field("Up-to-date", count("/status/updatedNumberScheduled"));
    report.field("Ready", count("/status/numberReady"));
    report.field("Available", count("/status/numberAvailable"));
    report.field("Misscheduled", count("/status/numberMisscheduled"));
}

std::string strategy_text(const Json& strategy) {
    std::string text = string_at(strategy, "/type");
    for (const char* field : {"maxUnavailable", "maxSurge"}) {
        const std::string value =
            string_at(strategy, (std::string("/rollingUpdate/") + field).c_str());
        if (!value.empty() && value != "0") text += fmt::format(", {} {}", field, value);
    }
    return text;
}

void report_pods(Report& report, const std::vector<Json>& pods) {
    report.section("Pods");
    if (pods.empty()) report.line("<none>");
    for (const Json& pod : pods) {
        const std::string reason = string_at(pod, "/status/reason");
        report.line(fmt::format(
            "{:<32} {:<10} on {}{}",
            string_at(pod, "/metadata/name"),
            string_at(pod, "/status/phase"),
            string_at(pod, "/spec/nodeName"),
            reason.empty() ? "" : " (" + reason + ")"));
    }
    report.end_section();
}

}  // namespace

std::string describe_daemon_set(const Described& described, TimePoint now) {
    const Json& set = described.object;
    const Json& spec = at_path(set, "/spec/template/spec");
    Report report;
    report_metadata(report, set);
    report.field("Selector", selector_text(at_path(set, "/spec/selector")));
    report.map("Node-Selector", at_path(spec, "/nodeSelector"));
    report.field("Update Strategy", strategy_text(at_path(set, "/spec/updateStrategy")));
    report_counts(report, set);
    report_conditions(report, at_path(set, "/status/conditions"));
    report.section("Pod Template");
    report.map("Labels", at_path(set, "/spec/template/metadata/labels"));
    report.map("Annotations", at_path(set, "/spec/template/metadata/annotations"));
    report_containers(report, spec, Json::array());
    report_volumes(report, spec);
    report.end_section();
    report_pods(report, described.pods);
    report_events(report, described.events, now);
    return report.text();
}

}  // namespace picket::cli
