#include "apiserver/registry/document.hpp"
#include "apiserver/registry/object_meta.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::registry {
namespace {

constexpr std::size_t kAnnotationsLimit = 256U * 1024U;
constexpr std::array<std::string_view, 3> kStandardFinalizers = {
    "orphan", "foregroundDeletion", "kubernetes"};

/// A namespace or a service becomes one part of DNS names, other names may have dots; those of
/// roles (system:node) only have to fit into a path.
NameProblems check_name(const Resource& resource, std::string_view name) {
    if (resource.group() == "rbac.authorization.k8s.io") return check_path_segment(name);
    if (resource.kind == "Service") return check_dns_label(name);
    return resource.kind == "Namespace" ? check_dns_label(name) : check_dns_subdomain(name);
}

void validate_name(const Resource& resource, const Json& metadata, FieldErrors& errors) {
    const auto name = json_read::text(metadata, "name");
    const auto prefix = json_read::text(metadata, "generateName");
    if (!prefix.empty()) {
        // A prefix may end in a dash: the random part follows.
        add_problems(check_name(resource, prefix + "a"), "metadata.generateName", prefix, errors);
    }
    if (!name.empty()) {
        add_problems(check_name(resource, name), "metadata.name", name, errors);
    } else if (prefix.empty()) {
        errors.push_back(field::required("metadata.name", "name or generateName is required"));
    }
}

void validate_namespace(const Resource& resource, const Json& metadata, FieldErrors& errors) {
    const auto name = json_read::text(metadata, "namespace");
    if (!resource.namespaced) {
        if (!name.empty())
            errors.push_back(field::forbidden("metadata.namespace", "not allowed on this type"));
    } else if (name.empty()) {
        errors.push_back(field::required("metadata.namespace"));
    } else {
        add_problems(check_dns_label(name), "metadata.namespace", name, errors);
    }
}

void validate_labels(const Json& labels, const std::string& path, FieldErrors& errors) {
    if (!labels.is_object()) return;
    for (const auto& [key, value] : labels.items()) {
        add_problems(check_qualified_name(key), path, key, errors);
        add_problems(check_label_value(value.get_ref<const std::string&>()), path, value, errors);
    }
}

void validate_annotations(const Json& annotations, const std::string& path, FieldErrors& errors) {
    if (!annotations.is_object()) return;
    std::size_t size = 0;
    for (const auto& [key, value] : annotations.items()) {
        add_problems(check_qualified_name(boost::algorithm::to_lower_copy(key)), path, key, errors);
        size += key.size() + value.get_ref<const std::string&>().size();
    }
    if (size <= kAnnotationsLimit) return;
    errors.push_back(
        field::too_long(path, fmt::format("may not be more than {} bytes", kAnnotationsLimit)));
}

void validate_owners(const Json& owners, FieldErrors& errors) {
    const auto controls = [](const Json& owner) { return json_read::boolean(owner, "controller"); };
    if (!owners.is_array() || std::count_if(owners.begin(), owners.end(), controls) < 2) return;
    errors.push_back(field::invalid(
        "metadata.ownerReferences", owners, "only one reference can have controller set to true"));
}

void validate_finalizers(const Json& finalizers, FieldErrors& errors) {
    for_each(
        finalizers, "metadata.finalizers", [&](const Json& finalizer, const std::string& path) {
            const auto& name = finalizer.get_ref<const std::string&>();
            const bool standard =
                std::ranges::find(kStandardFinalizers, name) != kStandardFinalizers.end();
            add_problems(check_qualified_name(name), path, name, errors);
            if (standard || name.find('/') != std::string::npos) return;
            errors.push_back(field::invalid(
                path, name, "must be a standard finalizer or have a prefix (example.com/name)"));
        });
    const auto names = finalizers.is_array() ? finalizers : Json::array();
    const auto contains = [&](const char* name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (!contains("orphan") || !contains("foregroundDeletion")) return;
    errors.push_back(field::invalid(
        "metadata.finalizers", names, "orphan and foregroundDeletion cannot both be set"));
}

void validate_new_finalizers(const Json& metadata, const Json& before, FieldErrors& errors) {
    if (!has(before, "deletionTimestamp")) return;
    const auto known = json_read::strings(before, "finalizers");
    for (const auto& name : json_read::strings(metadata, "finalizers")) {
        if (std::ranges::find(known, name) != known.end()) continue;
        errors.push_back(field::forbidden(
            "metadata.finalizers",
            fmt::format(
                "no new finalizers can be added while the object is being deleted, found {}",
                name)));
    }
}

}  // namespace

std::vector<FieldError> validate_labels_and_annotations(
    const Json& metadata, std::string_view path) {
    FieldErrors errors;
    validate_labels(member(metadata, "labels"), field::child(path, "labels"), errors);
    validate_annotations(
        member(metadata, "annotations"), field::child(path, "annotations"), errors);
    return errors;
}

std::vector<FieldError> validate_meta(const Resource& resource, const Json& object) {
    const auto& metadata = member(object, "metadata");
    FieldErrors errors;
    validate_name(resource, metadata, errors);
    validate_namespace(resource, metadata, errors);
    for (auto& error : validate_labels_and_annotations(metadata, "metadata"))
        errors.push_back(std::move(error));
    validate_owners(member(metadata, "ownerReferences"), errors);
    validate_finalizers(member(metadata, "finalizers"), errors);
    return errors;
}

std::vector<FieldError> validate_meta_update(
    const Resource& /*resource*/, const Json& object, const Json& old) {
    const auto& metadata = member(object, "metadata");
    const auto& before = member(old, "metadata");
    FieldErrors errors;
    for (const auto* key :
         {"name",
          "namespace",
          "uid",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds"}) {
        check_unchanged(metadata, before, key, "metadata", errors);
    }
    validate_new_finalizers(metadata, before, errors);
    return errors;
}

}  // namespace picket::registry
