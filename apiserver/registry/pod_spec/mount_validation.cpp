#include "apiserver/registry/pod_spec/volume_validation.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

void validate_sub_path(const Json& mount, const std::string& path, FieldErrors& errors) {
    validate_inner_path(json_read::text(mount, "subPath"), field::child(path, "subPath"), errors);
    const auto expression = json_read::text(mount, "subPathExpr");
    validate_inner_path(expression, field::child(path, "subPathExpr"), errors);
    if (expression.empty() || json_read::text(mount, "subPath").empty()) return;
    errors.push_back(field::invalid(
        field::child(path, "subPathExpr"),
        expression,
        "subPathExpr and subPath are mutually exclusive"));
}

void validate_propagation(
    const Json& mount, bool privileged, const std::string& path, FieldErrors& errors) {
    if (privileged || json_read::text(mount, "mountPropagation") != "Bidirectional") return;
    errors.push_back(field::forbidden(
        field::child(path, "mountPropagation"),
        "Bidirectional mount propagation is available only to privileged containers"));
}

}  // namespace

void validate_mounts(
    const Json& container, const std::string& path, const Names& volumes, FieldErrors& errors) {
    const bool privileged = json_read::boolean(member(container, "securityContext"), "privileged");
    Names paths;
    for_each(
        member(container, "volumeMounts"),
        field::child(path, "volumeMounts"),
        [&](const Json& mount, const std::string& here) {
            const auto name = json_read::text(mount, "name");
            if (!name.empty() && !volumes.contains(name)) {
                errors.push_back(field::not_found(field::child(here, "name"), name));
            }
            const auto target = json_read::text(mount, "mountPath");
            if (!target.empty() && !paths.insert(target).second) {
                errors.push_back(
                    field::invalid(field::child(here, "mountPath"), target, "must be unique"));
            }
            validate_sub_path(mount, here, errors);
            validate_propagation(mount, privileged, here, errors);
        });
}

}  // namespace picket::registry
