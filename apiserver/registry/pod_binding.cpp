#include "apiserver/registry/pod_binding.hpp"

#include "apiserver/registry/document.hpp"
#include "common/api/names.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

FieldErrors validate_target(const Json& target) {
    FieldErrors errors;
    const auto kind = json_read::text(target, "kind");
    const auto name = json_read::text(target, "name");
    if (!kind.empty() && kind != "Node")
        errors.push_back(field::not_supported("target.kind", kind, {"Node"}));
    if (name.empty()) {
        errors.push_back(field::required("target.name"));
    } else {
        add_problems(check_dns_subdomain(name), "target.name", name, errors);
    }
    return errors;
}

}  // namespace

Result<void> bind_pod(Json& pod, const Json& binding) {
    const auto name = text_at(pod, {"metadata", "name"});
    const auto& target = member(binding, "target");
    if (auto errors = validate_target(target); !errors.empty()) {
        return invalid_error("", "Binding", name, std::move(errors));
    }
    if (has(member(pod, "metadata"), "deletionTimestamp")) {
        return conflict_error(
            "pods/binding",
            name,
            fmt::format("pod {} is being deleted, cannot be assigned to a host", name));
    }
    auto& spec = object_in(pod, "spec");
    if (const auto node = json_read::text(spec, "nodeName"); !node.empty()) {
        return conflict_error(
            "pods/binding",
            name,
            fmt::format("pod {} is already assigned to node \"{}\"", name, node));
    }
    spec["nodeName"] = target.at("name");
    return Ok();
}

}  // namespace picket::registry
