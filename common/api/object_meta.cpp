#include "common/api/object_meta.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket {

OwnerReference OwnerReference::parse(const Json& reference) {
    return {
        json_read::text(reference, "apiVersion"),
        json_read::text(reference, "kind"),
        json_read::text(reference, "name"),
        json_read::text(reference, "uid"),
        json_read::boolean(reference, "controller"),
        json_read::boolean(reference, "blockOwnerDeletion")};
}

Json to_json(const OwnerReference& reference) {
    return {
        {"apiVersion", reference.api_version},
        {"kind", reference.kind},
        {"name", reference.name},
        {"uid", reference.uid},
        {"controller", reference.controller},
        {"blockOwnerDeletion", reference.block_owner_deletion}};
}

ObjectMeta ObjectMeta::parse(const Json& metadata) {
    ObjectMeta meta;
    meta.name = json_read::text(metadata, "name");
    meta.namespace_name = json_read::text(metadata, "namespace");
    meta.uid = json_read::text(metadata, "uid");
    meta.resource_version = json_read::text(metadata, "resourceVersion");
    meta.generation = json_read::integer(metadata, "generation");
    meta.labels = json_read::string_map(metadata, "labels");
    for (const auto& owner : json_read::member(metadata, "ownerReferences")) {
        meta.owners.push_back(OwnerReference::parse(owner));
    }
    meta.finalizers = json_read::strings(metadata, "finalizers");
    meta.created = json_read::time(metadata, "creationTimestamp").value_or(TimePoint{});
    meta.deletion = json_read::time(metadata, "deletionTimestamp");
    return meta;
}

bool ObjectMeta::has_finalizer(std::string_view finalizer) const {
    return std::find(finalizers.begin(), finalizers.end(), finalizer) != finalizers.end();
}

const OwnerReference* ObjectMeta::controller() const {
    const auto found = std::find_if(
        owners.begin(), owners.end(), [](const auto& owner) { return owner.controller; });
    return found == owners.end() ? nullptr : &*found;
}

std::string ObjectMeta::label(std::string_view key) const {
    const auto found = labels.find(key);
    return found == labels.end() ? std::string{} : found->second;
}

std::string ObjectMeta::key() const {
    return namespace_name.empty() ? name : namespace_name + "/" + name;
}

PartialObject PartialObject::parse(const Json& object) {
    return {ObjectMeta::parse(json_read::member(object, "metadata"))};
}

bool newer_version(std::string_view left, std::string_view right) {
    return left.size() != right.size() ? left.size() > right.size() : left > right;
}

}  // namespace picket
