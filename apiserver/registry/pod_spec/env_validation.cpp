#include "apiserver/registry/pod_spec/container_validation.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::registry {
namespace {

constexpr std::array kSources = {
    "fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"};
constexpr std::array<std::string_view, 9> kEnvFields = {
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs"};
constexpr std::array<std::string_view, 6> kResourceFields = {
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory"};

template <std::size_t Size>
bool is_one_of(std::string_view text, const std::array<std::string_view, Size>& list) {
    return std::ranges::find(list, text) != list.end();
}

/// metadata.labels['app']
bool is_map_entry(std::string_view path) {
    return (path.starts_with("metadata.labels['") || path.starts_with("metadata.annotations['")) &&
           path.ends_with("']");
}

void validate_field_path(const Json& reference, const std::string& path, FieldErrors& errors) {
    const auto field_path = json_read::text(reference, "fieldPath");
    if (field_path.empty() || is_map_entry(field_path) || is_one_of(field_path, kEnvFields)) return;
    errors.push_back(field::not_supported(field::child(path, "fieldPath"), field_path, kEnvFields));
}

/// The path stays inside the volume.
void validate_file_key(const Json& reference, const std::string& path, FieldErrors& errors) {
    const auto file = json_read::text(reference, "path");
    const bool climbs = file == ".." || file.starts_with("../") || file.ends_with("/..") ||
                        file.find("/../") != std::string::npos;
    if (file.starts_with('/') || climbs)
        errors.push_back(field::invalid(
            field::child(path, "path"), file, "must be a relative path without '..'"));
}

void validate_value_from(const Json& variable, const std::string& path, FieldErrors& errors) {
    const auto& source = member(variable, "valueFrom");
    if (source.is_null()) return;
    const auto here = field::child(path, "valueFrom");
    const auto count =
        std::ranges::count_if(kSources, [&](const char* key) { return has(source, key); });
    if (count == 0) {
        errors.push_back(field::invalid(
            here,
            source,
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
            "`secretKeyRef` or "
            "`fileKeyRef`"));
    } else if (count > 1) {
        errors.push_back(
            field::invalid(here, source, "may not have more than one field specified at a time"));
    } else if (!json_read::text(variable, "value").empty()) {
        errors.push_back(
            field::invalid(here, source, "may not be specified when `value` is not empty"));
    }
    validate_field_path(member(source, "fieldRef"), field::child(here, "fieldRef"), errors);
    validate_resource_field(
        member(source, "resourceFieldRef"), field::child(here, "resourceFieldRef"), errors);
    validate_file_key(member(source, "fileKeyRef"), field::child(here, "fileKeyRef"), errors);
}

void validate_variable(const Json& variable, const std::string& path, FieldErrors& errors) {
    const auto name = json_read::text(variable, "name");
    if (name.find('=') != std::string::npos) {
        errors.push_back(field::invalid(field::child(path, "name"), name, "must not contain '='"));
    }
    validate_value_from(variable, path, errors);
}

void validate_env_from(const Json& source, const std::string& path, FieldErrors& errors) {
    const bool config_map = has(source, "configMapRef");
    const bool secret = has(source, "secretRef");
    if (!config_map && !secret) {
        errors.push_back(
            field::invalid(path, source, "must specify one of: `configMapRef` or `secretRef`"));
    } else if (config_map && secret) {
        errors.push_back(
            field::invalid(path, source, "may not have more than one field specified at a time"));
    }
}

}  // namespace

void validate_resource_field(const Json& reference, const std::string& path, FieldErrors& errors) {
    const auto resource = json_read::text(reference, "resource");
    if (resource.empty() || is_one_of(resource, kResourceFields)) return;
    errors.push_back(
        field::not_supported(field::child(path, "resource"), resource, kResourceFields));
}

void validate_env(const Json& container, const std::string& path, FieldErrors& errors) {
    for_each(
        member(container, "env"),
        field::child(path, "env"),
        [&](const Json& variable, const std::string& here) {
            validate_variable(variable, here, errors);
        });
    for_each(
        member(container, "envFrom"),
        field::child(path, "envFrom"),
        [&](const Json& source, const std::string& here) {
            validate_env_from(source, here, errors);
        });
}

}  // namespace picket::registry
