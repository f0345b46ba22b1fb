#include "apiserver/routes/daemonset_metrics.hpp"

#include "apiserver/routes/metrics.hpp"
#include "common/api/json_read.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

struct GaugeRow {
    const char* name;
    const char* help;
    const char* part;  // "metadata" or "status"
    const char* field;
};
constexpr GaugeRow kGauges[] = {
    {"kube_daemonset_status_desired_number_scheduled",
     "Hosts that should run the daemon.",
     "status",
     "desiredNumberScheduled"},
    {"kube_daemonset_status_current_number_scheduled",
     "Hosts that should run the daemon and have a pod of it.",
     "status",
     "currentNumberScheduled"},
    {"kube_daemonset_status_number_ready", "Hosts with a ready pod.", "status", "numberReady"},
    {"kube_daemonset_status_number_available",
     "Hosts with a pod that has been ready long enough.",
     "status",
     "numberAvailable"},
    {"kube_daemonset_status_number_unavailable",
     "Hosts that should run the daemon without an available pod.",
     "status",
     "numberUnavailable"},
    {"kube_daemonset_status_number_misscheduled",
     "Hosts that run the daemon but should not.",
     "status",
     "numberMisscheduled"},
    {"kube_daemonset_status_updated_number_scheduled",
     "Hosts with a pod of the newest template.",
     "status",
     "updatedNumberScheduled"},
    {"kube_daemonset_metadata_generation",
     "Counts the changes of the desired state.",
     "metadata",
     "generation"},
    {"kube_daemonset_status_observed_generation",
     "Newest generation that the controller has seen.",
     "status",
     "observedGeneration"},
};

}  // namespace

std::string daemonset_metrics(const storage::Store& store) {
    // Few objects, parsed once for each scrape; names are DNS labels, so nothing needs escaping.
    std::vector<std::string> lines(std::size(kGauges));
    for (const auto& stored : store.list("daemonsets.apps", {}, 0, std::nullopt).objects) {
        const auto object = parse_json(*stored->bytes);
        for (std::size_t i = 0; i < std::size(kGauges); ++i) {
            const auto& row = kGauges[i];
            lines[i] += fmt::format(
                "{}{{namespace=\"{}\",daemonset=\"{}\"}} {}\n",
                row.name,
                stored->key.namespace_name,
                stored->key.name,
                json_read::integer(json_read::member(object, row.part), row.field));
        }
    }
    std::string text;
    for (std::size_t i = 0; i < std::size(kGauges); ++i) {
        text += format_family(kGauges[i].name, "gauge", kGauges[i].help) + lines[i];
    }
    return text;
}

}  // namespace picket::apiserver
