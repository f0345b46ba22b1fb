#include "apiserver/registry/pod_spec/container_validation.hpp"

#include "common/api/names.hpp"
#include "common/api/pod_resources.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

void validate_name(
    const Json& container, const std::string& path, Names& taken, FieldErrors& errors) {
    const auto name = json_read::text(container, "name");
    if (name.empty()) return;
    const auto here = field::child(path, "name");
    add_problems(check_dns_label(name), here, name, errors);
    if (!taken.insert(name).second) errors.push_back(field::duplicate(here, name));
}

void validate_image(
    const Json& container, const std::string& path, PodSpecUse use, FieldErrors& errors) {
    const auto image = json_read::text(container, "image");
    if (image.empty()) return;
    const auto here = field::child(path, "image");
    if (image.find_first_not_of(kBlanks) == std::string::npos) {
        errors.push_back(field::required(here));
        return;
    }
    const bool padded = kBlanks.find(image.front()) != std::string_view::npos ||
                        kBlanks.find(image.back()) != std::string_view::npos;
    if (padded && use == PodSpecUse::Pod) {
        errors.push_back(
            field::invalid(here, image, "must not have leading or trailing whitespace"));
    }
}

void validate_container_security(
    const Json& context, const std::string& path, FieldErrors& errors) {
    check_not_negative(context, "runAsUser", path, errors);
    check_not_negative(context, "runAsGroup", path, errors);
    const auto& escalation = member(context, "allowPrivilegeEscalation");
    if (escalation == false && json_read::boolean(context, "privileged")) {
        errors.push_back(field::invalid(
            field::child(path, "allowPrivilegeEscalation"),
            escalation,
            "cannot be false when `privileged` is true"));
    }
}

void validate_container(
    const Json& container,
    const std::string& path,
    PodSpecUse use,
    const Names& volumes,
    FieldErrors& errors) {
    validate_image(container, path, use, errors);
    validate_ports(member(container, "ports"), field::child(path, "ports"), errors);
    validate_env(container, path, errors);
    validate_resources(member(container, "resources"), field::child(path, "resources"), errors);
    validate_probes(container, path, errors);
    validate_lifecycle(member(container, "lifecycle"), field::child(path, "lifecycle"), errors);
    validate_mounts(container, path, volumes, errors);
    validate_container_security(
        member(container, "securityContext"), field::child(path, "securityContext"), errors);
}

/// An init container that runs to its end has no time at which it is alive or ready.
void validate_init_container(const Json& container, const std::string& path, FieldErrors& errors) {
    if (is_sidecar(container)) return;
    for (const auto* key : {"lifecycle", "livenessProbe", "readinessProbe", "startupProbe"}) {
        if (!has(container, key)) continue;
        errors.push_back(field::forbidden(
            field::child(path, key),
            "may not be set for init containers without restartPolicy=Always"));
    }
}

void forbid_restart_policy(const Json& container, const std::string& path, FieldErrors& errors) {
    if (!has(container, "restartPolicy")) return;
    errors.push_back(field::forbidden(
        field::child(path, "restartPolicy"), "may not be set for non-init containers"));
}

}  // namespace

void validate_containers(
    const Json& spec,
    const std::string& path,
    PodSpecUse use,
    const Names& volumes,
    FieldErrors& errors) {
    Names taken;
    const auto common = [&](const Json& container, const std::string& here) {
        validate_name(container, here, taken, errors);
        validate_container(container, here, use, volumes, errors);
    };
    for_each(
        member(spec, "containers"),
        field::child(path, "containers"),
        [&](const Json& container, const std::string& here) {
            common(container, here);
            forbid_restart_policy(container, here, errors);
        });
    for_each(
        member(spec, "initContainers"),
        field::child(path, "initContainers"),
        [&](const Json& container, const std::string& here) {
            common(container, here);
            validate_init_container(container, here, errors);
        });
    validate_host_ports(spec, path, errors);
}

}  // namespace picket::registry
