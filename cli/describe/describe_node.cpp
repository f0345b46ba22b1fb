#include "cli/describe/describe.hpp"
#include "cli/describe/parts.hpp"
#include "cli/json_path.hpp"
#include "cli/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

std::string taints_text(const Json& taints) {
    std::vector<std::string> texts;
    for (const Json& taint : taints) {
        const std::string value = string_at(taint, "/value");
        texts.push_back(fmt::format(
            "{}{}:{}",
            string_at(taint, "/key"),
            value.empty() ? "" : "=" + value,
            string_at(taint, "/effect")));
    }
    return join(texts, "\n");
}

void report_addresses(Report& report, const Json& node) {
    report.section("Addresses");
    for (const Json& address : list_at(node, "/status/addresses"))
        report.field(string_at(address, "/type"), string_at(address, "/address"));
    report.end_section();
}

void report_system(Report& report, const Json& node) {
    report.section("System Info");
    const Json& info = at_path(node, "/status/nodeInfo");
    if (info.is_object()) {
        for (const auto& [name, value] : info.items()) {
            if (value.is_string() && value != "") report.field(name, value.get<std::string>());
        }
    }
    report.end_section();
}

void report_pods_on_node(Report& report, const std::vector<Json>& pods) {
    report.section(fmt::format("Pods ({})", pods.size()));
    for (const Json& pod : pods) {
        report.line(fmt::format(
            "{:<16} {:<32} {}",
            string_at(pod, "/metadata/namespace"),
            string_at(pod, "/metadata/name"),
            string_at(pod, "/status/phase")));
    }
    report.end_section();
}

}  // namespace

std::string describe_node(const Described& described, TimePoint now) {
    const Json& node = described.object;
    Report report;
    report_metadata(report, node);
    report.field("Created", string_at(node, "/metadata/creationTimestamp"));
    report.field("Taints", taints_text(list_at(node, "/spec/taints")));
    report.field("Unschedulable", at_path(node, "/spec/unschedulable") == true ? "true" : "false");
    report_conditions(report, at_path(node, "/status/conditions"));
    report_addresses(report, node);
    report.map("Capacity", at_path(node, "/status/capacity"));
    report.map("Allocatable", at_path(node, "/status/allocatable"));
    report_system(report, node);
    report_pods_on_node(report, described.pods);
    report_events(report, described.events, now);
    return report.text();
}

}  // namespace picket::cli
