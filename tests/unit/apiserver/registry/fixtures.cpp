#include "fixtures.hpp"

#include "apiserver/registry/object_meta.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <stdexcept>

namespace picket::registry::test {
namespace {

const Resource& resource_of(const Json& manifest) {
    const auto version = manifest.at("apiVersion").get<std::string>();
    const auto* resource = find_resource_by_kind(version, manifest.at("kind").get<std::string>());
    if (resource == nullptr) throw std::logic_error("no such kind: " + manifest.dump());
    return *resource;
}

void append(std::vector<FieldError>& errors, std::vector<FieldError> more) {
    for (auto& error : more) errors.push_back(std::move(error));
}

Admitted decode(Json object, const RequestContext& request) {
    const auto& resource = resource_of(object);
    const auto& strategy = strategy_for(resource);
    if (const auto decoded = strategy.decode(object, request); !decoded) {
        throw std::logic_error(decoded.error().message);
    }
    const auto stored = resource.group_versions.front();
    object["apiVersion"] = stored;
    const auto* type = schema::find_kind(stored, resource.kind);
    if (type == nullptr) throw std::logic_error("no schema");
    schema::apply_defaults(*type, object);
    strategy.default_object(object, request);
    auto errors = schema::check(*type, object).errors;
    return {std::move(object), std::move(errors)};
}

}  // namespace

TimePoint test_now() {
    return *parse_time("2026-01-02T03:04:05Z");
}

RequestContext context(std::string group_version) {
    return {std::move(group_version), "tester", test_now()};
}

Json daemonset_manifest(const std::string& group_version) {
    auto manifest = Json::parse(R"({
        "kind": "DaemonSet",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {
                "metadata": {"labels": {"app": "web"}},
                "spec": {"containers": [{"name": "main", "image": "web:1"}]}}}})");
    manifest["apiVersion"] = group_version;
    return manifest;
}

Json pod_manifest() {
    return Json::parse(R"({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {"containers": [{"name": "main", "image": "web:1"}]}})");
}

Json patched(Json manifest, const std::string& merge_patch) {
    return schema::merge_patch(std::move(manifest), Json::parse(merge_patch));
}

Admitted create(const Json& manifest) {
    const auto request = context(manifest.at("apiVersion"));
    const auto& resource = resource_of(manifest);
    const auto& strategy = strategy_for(resource);
    auto admitted = decode(manifest, request);
    Random random(1);
    fill_meta_for_create(admitted.object, random, request);
    strategy.prepare_for_create(admitted.object, request);
    append(admitted.errors, validate_meta(resource, admitted.object));
    append(admitted.errors, strategy.validate(admitted.object, request));
    return admitted;
}

Admitted update(const Json& manifest, const Json& old) {
    const auto request = context(manifest.at("apiVersion"));
    const auto& resource = resource_of(manifest);
    const auto& strategy = strategy_for(resource);
    auto admitted = decode(manifest, request);
    restore_meta_for_update(admitted.object, old);
    strategy.prepare_for_update(admitted.object, old, request);
    append(admitted.errors, validate_meta(resource, admitted.object));
    append(admitted.errors, validate_meta_update(resource, admitted.object, old));
    append(admitted.errors, strategy.validate(admitted.object, request));
    append(admitted.errors, strategy.validate_update(admitted.object, old, request));
    return admitted;
}

std::vector<std::string> causes(const std::vector<FieldError>& errors) {
    std::set<std::string> unique;
    for (const auto& error : errors)
        unique.insert(fmt::format("{} {}", cause_name(error), error.field));
    return {unique.begin(), unique.end()};
}

}  // namespace picket::registry::test
