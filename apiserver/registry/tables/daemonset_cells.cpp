#include "apiserver/registry/document.hpp"
#include "apiserver/registry/tables/cells.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// One member of every container, as "a,b".
std::string of_containers(const Json& pod_spec, const char* key) {
    std::string text;
    for (const auto& container : member(pod_spec, "containers")) {
        if (!text.empty()) text += ',';
        text += json_read::text(container, key);
    }
    return text;
}

}  // namespace

Json daemonset_cells(const Json& object, TimePoint now) {
    const auto& status = member(object, "status");
    const auto& pod_spec = at(object, {"spec", "template", "spec"});
    return {
        name_cell(object),
        json_read::integer(status, "desiredNumberScheduled"),
        json_read::integer(status, "currentNumberScheduled"),
        json_read::integer(status, "numberReady"),
        json_read::integer(status, "updatedNumberScheduled"),
        json_read::integer(status, "numberAvailable"),
        or_none(labels_text(json_read::string_map(pod_spec, "nodeSelector"))),
        age_cell(object, now),
        of_containers(pod_spec, "name"),
        of_containers(pod_spec, "image"),
        or_none(selector_text(at(object, {"spec", "selector"})))};
}

Json controller_revision_cells(const Json& object, TimePoint now) {
    std::string controller;
    for (const auto& owner : at(object, {"metadata", "ownerReferences"})) {
        if (!json_read::boolean(owner, "controller")) continue;
        const auto kind = boost::algorithm::to_lower_copy(json_read::text(owner, "kind"));
        const auto version = json_read::text(owner, "apiVersion");
        const auto slash = version.find('/');
        const auto group =
            slash == std::string::npos ? std::string() : "." + version.substr(0, slash);
        controller = fmt::format("{}{}/{}", kind, group, json_read::text(owner, "name"));
    }
    return {
        name_cell(object),
        or_none(controller),
        json_read::integer(object, "revision"),
        age_cell(object, now)};
}

}  // namespace picket::registry
