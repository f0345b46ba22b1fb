#include "apiserver/registry/table.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"
#include "common/api/age.hpp"
#include "common/api/label_selector.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace picket::registry {
namespace {

using Cells = Json (*)(const Json& object, TimePoint now);

/// `columns` in one line: "Name Ready Restarts:integer IP*"; '*' marks a column of the wide output,
/// '_' a blank.
struct Layout {
    std::string_view kind;
    std::string_view columns;
    Cells cells;
};

constexpr Layout kPlain = {"", "Name Age", plain_cells};
constexpr Layout kLayouts[] = {
    {"ClusterRole", "Name Created_At", created_at_cells},
    {"ClusterRoleBinding", "Name Role Age Users* Groups* ServiceAccounts*", role_binding_cells},
    {"ConfigMap", "Name Data Age", configmap_cells},
    {"ControllerRevision", "Name Controller Revision Age", controller_revision_cells},
    {"CustomResourceDefinition", "Name Created_At", created_at_cells},
    {"DaemonSet",
     "Name Desired:integer Current:integer Ready:integer Up-to-date:integer Available:integer "
     "Node_Selector Age "
     "Containers* Images* Selector*",
     daemonset_cells},
    {"Endpoints", "Name Endpoints Age", endpoints_cells},
    {"EndpointSlice", "Name AddressType Ports Endpoints Age", endpoint_slice_cells},
    {"Event",
     "Last_Seen Type Reason Object Subobject* Source* Message First_Seen* Count* Name*",
     event_cells},
    {"Lease", "Name Holder Age", lease_cells},
    {"Namespace", "Name Status Age", namespace_cells},
    {"NetworkPolicy", "Name Pod-Selector Age", network_policy_cells},
    {"Node",
     "Name Status Roles Age Version Internal-IP* External-IP* OS-Image* Kernel-Version* "
     "Container-Runtime*",
     node_cells},
    {"Pod", "Name Ready Status Restarts Age IP* Node* Nominated_Node* Readiness_Gates*", pod_cells},
    {"PodDisruptionBudget",
     "Name Min_Available Max_Unavailable Allowed_Disruptions:integer Age",
     disruption_budget_cells},
    {"PriorityClass",
     "Name Value:integer Global-Default:boolean Age PreemptionPolicy*",
     priority_class_cells},
    {"Role", "Name Created_At", created_at_cells},
    {"RoleBinding", "Name Role Age Users* Groups* ServiceAccounts*", role_binding_cells},
    {"Secret", "Name Type Data Age", secret_cells},
    {"Service", "Name Type Cluster-IP External-IP Port(s) Age Selector*", service_cells},
    {"ServiceAccount", "Name Secrets Age", service_account_cells},
    {"Token", "Name User Groups Expires Age Description*", token_cells}};

const Layout& layout_of(const Resource& resource) {
    const auto layout = std::ranges::find(kLayouts, resource.kind, &Layout::kind);
    return layout == std::end(kLayouts) ? kPlain : *layout;
}

Json make_column(std::string word) {
    const bool wide = word.ends_with('*');
    if (wide) word.pop_back();
    const auto colon = word.find(':');
    auto name = word.substr(0, colon);
    std::ranges::replace(name, '_', ' ');
    return {
        {"name", name},
        {"type", colon == std::string::npos ? "string" : word.substr(colon + 1)},
        {"format", name == "Name" ? "name" : ""},
        {"description", ""},
        {"priority", wide ? 1 : 0}};
}

Json make_columns(std::string_view words) {
    Json columns = Json::array();
    while (!words.empty()) {
        const auto blank = std::min(words.find(' '), words.size());
        columns.push_back(make_column(std::string(words.substr(0, blank))));
        words.remove_prefix(std::min(blank + 1, words.size()));
    }
    return columns;
}

std::map<std::string_view, Json> make_all_columns() {
    std::map<std::string_view, Json> all = {{kPlain.kind, make_columns(kPlain.columns)}};
    for (const auto& layout : kLayouts) all.emplace(layout.kind, make_columns(layout.columns));
    return all;
}

}  // namespace

const Json& table_columns(const Resource& resource) {
    static const auto all = make_all_columns();
    return all.at(layout_of(resource).kind);
}

Json table_cells(const Resource& resource, const Json& object, TimePoint now) {
    return layout_of(resource).cells(object, now);
}

Json table_row_conditions(const Resource& resource, const Json& object) {
    Json conditions = Json::array();
    if (resource.kind != "Pod") return conditions;
    const auto phase = text_at(object, {"status", "phase"});
    if (phase != "Succeeded" && phase != "Failed") return conditions;
    const auto* message =
        phase == "Succeeded" ? "The pod has completed successfully." : "The pod failed.";
    conditions.push_back(
        {{"type", "Completed"}, {"status", "True"}, {"reason", phase}, {"message", message}});
    return conditions;
}

std::string name_cell(const Json& object) {
    return text_at(object, {"metadata", "name"});
}

std::string age_cell(const Json& object, TimePoint now) {
    return human_age(text_at(object, {"metadata", "creationTimestamp"}), now);
}

std::string or_none(std::string text) {
    return text.empty() ? "<none>" : text;
}

std::string labels_text(const Labels& labels) {
    std::string text;
    for (const auto& [key, value] : labels)
        text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
    return text;
}

std::string selector_text(const Json& selector) {
    const auto parsed = LabelSelector::from_json(selector.is_null() ? Json::object() : selector);
    return parsed ? parsed->to_string() : "<invalid>";
}

Json plain_cells(const Json& object, TimePoint now) {
    return {name_cell(object), age_cell(object, now)};
}

}  // namespace picket::registry
