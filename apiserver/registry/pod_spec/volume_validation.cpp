#include "apiserver/registry/pod_spec/volume_validation.hpp"

#include "common/api/names.hpp"
#include "common/api/quantity.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

constexpr std::string_view kModeRange =
    "must be a number between 0 and 0777 (octal), both inclusive";

bool climbs(std::string_view path) {
    while (true) {
        const auto slash = path.find('/');
        if (path.substr(0, slash) == "..") return true;
        if (slash == std::string_view::npos) return false;
        path.remove_prefix(slash + 1);
    }
}

void validate_mode(
    const Json& source, const char* key, const std::string& path, FieldErrors& errors) {
    const auto& mode = member(source, key);
    if (mode.is_null() || (mode >= 0 && mode <= 0777)) return;
    errors.push_back(field::invalid(field::child(path, key), mode, kModeRange));
}

/// The files of a secret, configMap or downwardAPI volume.
void validate_items(const Json& source, const std::string& path, FieldErrors& errors) {
    validate_mode(source, "defaultMode", path, errors);
    for_each(
        member(source, "items"),
        field::child(path, "items"),
        [&](const Json& item, const std::string& here) {
            validate_mode(item, "mode", here, errors);
            validate_inner_path(json_read::text(item, "path"), field::child(here, "path"), errors);
            validate_resource_field(
                member(item, "resourceFieldRef"), field::child(here, "resourceFieldRef"), errors);
        });
}

void validate_projected(const Json& projected, const std::string& path, FieldErrors& errors) {
    validate_mode(projected, "defaultMode", path, errors);
    for_each(
        member(projected, "sources"),
        field::child(path, "sources"),
        [&](const Json& source, const std::string& here) {
            bool found = false;
            for (const auto& [kind, content] : source.items()) {
                const auto inner = field::child(here, kind);
                if (found)
                    errors.push_back(
                        field::forbidden(inner, "may not specify more than 1 volume type"));
                found = true;
                validate_items(content, inner, errors);
            }
            if (!found) errors.push_back(field::required(here, "must specify a volume type"));
        });
}

void validate_host_path(const Json& source, const std::string& path, FieldErrors& errors) {
    const auto value = json_read::text(source, "path");
    if (climbs(value)) {
        errors.push_back(
            field::invalid(field::child(path, "path"), value, "must not contain '..'"));
    }
}

void validate_empty_dir(const Json& source, const std::string& path, FieldErrors& errors) {
    const auto& limit = member(source, "sizeLimit");
    const auto quantity = Quantity::from_json(limit);
    if (quantity && quantity->is_negative()) {
        errors.push_back(field::invalid(field::child(path, "sizeLimit"), limit, kNotNegative));
    }
}

void validate_source(
    const std::string& kind, const Json& source, const std::string& path, FieldErrors& errors) {
    if (kind == "hostPath") return validate_host_path(source, path, errors);
    if (kind == "emptyDir") return validate_empty_dir(source, path, errors);
    if (kind == "projected") return validate_projected(source, path, errors);
    if (kind == "secret" || kind == "configMap" || kind == "downwardAPI")
        validate_items(source, path, errors);
}

void validate_volume(const Json& volume, const std::string& path, FieldErrors& errors) {
    bool found = false;
    for (const auto& [kind, source] : volume.items()) {
        if (kind == "name" || source.is_null()) continue;
        const auto here = field::child(path, kind);
        if (found)
            errors.push_back(field::forbidden(here, "may not specify more than 1 volume type"));
        found = true;
        validate_source(kind, source, here, errors);
    }
    if (!found) errors.push_back(field::required(path, "must specify a volume type"));
}

}  // namespace

void validate_inner_path(const std::string& value, const std::string& path, FieldErrors& errors) {
    if (value.starts_with('/'))
        errors.push_back(field::invalid(path, value, "must be a relative path"));
    if (climbs(value)) errors.push_back(field::invalid(path, value, "must not contain '..'"));
}

Names validate_volumes(const Json& volumes, const std::string& path, FieldErrors& errors) {
    Names names;
    for_each(volumes, path, [&](const Json& volume, const std::string& here) {
        validate_volume(volume, here, errors);
        const auto name = json_read::text(volume, "name");
        if (name.empty()) return;
        add_problems(check_dns_label(name), field::child(here, "name"), name, errors);
        if (!names.insert(name).second)
            errors.push_back(field::duplicate(field::child(here, "name"), name));
    });
    return names;
}

}  // namespace picket::registry
