#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace picket::registry {
namespace {

constexpr std::string_view kRolePrefix = "node-role.kubernetes.io/";
constexpr std::string_view kRoleLabel = "kubernetes.io/role";

std::string readiness_text(const Json& status) {
    for (const auto& condition : member(status, "conditions")) {
        if (json_read::text(condition, "type") != "Ready") continue;
        return json_read::text(condition, "status") == "True" ? "Ready" : "NotReady";
    }
    return "Unknown";
}

std::string status_text(const Json& node) {
    const bool cordoned = json_read::boolean(member(node, "spec"), "unschedulable");
    return readiness_text(member(node, "status")) + (cordoned ? ",SchedulingDisabled" : "");
}

std::string roles_text(const Json& node) {
    std::set<std::string> roles;
    for (const auto& [key, value] : json_read::string_map(member(node, "metadata"), "labels")) {
        if (key.starts_with(kRolePrefix)) roles.insert(key.substr(kRolePrefix.size()));
        if (key == kRoleLabel) roles.insert(value);
    }
    roles.erase("");
    std::string text;
    for (const auto& role : roles) text += (text.empty() ? "" : ",") + role;
    return or_none(text);
}

std::string address_text(const Json& status, std::string_view type) {
    for (const auto& address : member(status, "addresses")) {
        if (json_read::text(address, "type") == type) return json_read::text(address, "address");
    }
    return "<none>";
}

std::string info_text(const Json& status, const char* key) {
    auto text = json_read::text(member(status, "nodeInfo"), key);
    return text.empty() ? "<unknown>" : text;
}

}  // namespace

Json node_cells(const Json& object, TimePoint now) {
    const auto& status = member(object, "status");
    return {
        name_cell(object),
        status_text(object),
        roles_text(object),
        age_cell(object, now),
        text_at(status, {"nodeInfo", "kubeletVersion"}),
        address_text(status, "InternalIP"),
        address_text(status, "ExternalIP"),
        info_text(status, "osImage"),
        info_text(status, "kernelVersion"),
        info_text(status, "containerRuntimeVersion")};
}

}  // namespace picket::registry
