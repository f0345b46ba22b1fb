#include "cli/describe/describe.hpp"
#include "cli/describe/parts.hpp"
#include "cli/json_path.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

std::string controller_of(const Json& pod) {
    for (const Json& owner : list_at(pod, "/metadata/ownerReferences")) {
        if (at_path(owner, "/controller") == true)
            return fmt::format("{}/{}", string_at(owner, "/kind"), string_at(owner, "/name"));
    }
    return "";
}

Json all_statuses(const Json& pod) {
    Json all = list_at(pod, "/status/initContainerStatuses");
    for (const Json& status : list_at(pod, "/status/containerStatuses")) all.push_back(status);
    return all;
}

void report_pod_status(Report& report, const Json& pod) {
    const std::string deleted = string_at(pod, "/metadata/deletionTimestamp");
    report.field(
        "Status",
        deleted.empty() ? string_at(pod, "/status/phase") : "Terminating since " + deleted);
    if (const auto reason = string_at(pod, "/status/reason"); !reason.empty())
        report.field("Reason", reason);
    if (const auto message = string_at(pod, "/status/message"); !message.empty())
        report.field("Message", message);
    report.field("IP", string_at(pod, "/status/podIP"));
    report.field("Controlled By", controller_of(pod));
}

}  // namespace

std::string describe_pod(const Described& described, TimePoint now) {
    const Json& pod = described.object;
    Report report;
    report_metadata(report, pod);
    report.field(
        "Node",
        fmt::format("{}/{}", string_at(pod, "/spec/nodeName"), string_at(pod, "/status/hostIP")));
    report.field("Start Time", string_at(pod, "/status/startTime"));
    report_pod_status(report, pod);
    report_containers(report, at_path(pod, "/spec"), all_statuses(pod));
    report_conditions(report, at_path(pod, "/status/conditions"));
    report_volumes(report, at_path(pod, "/spec"));
    report.field("QoS Class", string_at(pod, "/status/qosClass"));
    report_events(report, described.events, now);
    return report.text();
}

}  // namespace picket::cli
