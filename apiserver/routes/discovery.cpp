#include "apiserver/routes/discovery.hpp"

#include "apiserver/routes/negotiation.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/virtual_resources.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace picket::apiserver {
namespace {

/// Everything a client may find: the stored kinds, then what is only answered.
const std::vector<const Resource*>& served_resources() {
    static const std::vector<const Resource*> all = [] {
        std::vector<const Resource*> list;
        for (const auto table : {all_resources(), virtual_resources()}) {
            for (const auto& resource : table) list.push_back(&resource);
        }
        return list;
    }();
    return all;
}

/// Every served group/version, in the order of the resource tables; last those that are no kind's
/// first home. A client takes a bare "ingress" from the first group that has one, which is to be
/// the one of today and not `extensions`.
std::vector<std::string_view> group_versions() {
    std::vector<std::string_view> all;
    const auto add = [&](std::string_view group_version) {
        if (std::ranges::find(all, group_version) == all.end()) all.push_back(group_version);
    };
    for (const auto* resource : served_resources()) add(resource->group_versions.front());
    for (const auto* resource : served_resources()) {
        for (const auto group_version : resource->group_versions) add(group_version);
    }
    return all;
}

std::vector<std::string_view> groups() {
    std::vector<std::string_view> all;
    for (const auto group_version : group_versions()) {
        const auto group = split_group_version(group_version).group;
        if (std::ranges::find(all, group) == all.end()) all.push_back(group);
    }
    return all;
}

std::vector<std::string_view> versions_of(std::string_view group) {
    std::vector<std::string_view> all;
    for (const auto group_version : group_versions()) {
        if (split_group_version(group_version).group == group) all.push_back(group_version);
    }
    return all;
}

Json version_entry(std::string_view group_version) {
    return {
        {"groupVersion", group_version}, {"version", split_group_version(group_version).version}};
}

Json group_entry(std::string_view group) {
    Json versions = Json::array();
    for (const auto group_version : versions_of(group))
        versions.push_back(version_entry(group_version));
    auto preferred = versions.front();
    return {
        {"name", group},
        {"versions", std::move(versions)},
        {"preferredVersion", std::move(preferred)}};
}

void set_unless_empty(Json& object, const char* key, const std::vector<std::string_view>& words) {
    if (!words.empty()) object[key] = words;
}

/// Short names and categories stand in one group only: a client that finds a word in two groups
/// warns, and shows the objects of a category twice.
void set_words(Json& entry, const Resource& resource, std::string_view group_version) {
    if (group_version != resource.group_versions.front()) return;
    set_unless_empty(entry, "shortNames", resource.short_names);
    set_unless_empty(entry, "categories", resource.categories);
}

Json resource_entry(const Resource& resource, std::string_view group_version) {
    Json entry = {
        {"name", resource.plural},
        {"singularName", resource.singular},
        {"namespaced", resource.namespaced},
        {"kind", resource.kind},
        {"verbs", resource.verbs}};
    set_words(entry, resource, group_version);
    return entry;
}

Json subresource_entry(const Resource& resource, const Subresource& subresource) {
    Json entry = {
        {"name", fmt::format("{}/{}", resource.plural, subresource.name)},
        {"singularName", ""},
        {"namespaced", resource.namespaced},
        {"kind", subresource.kind},
        {"verbs", subresource.verbs}};
    if (!subresource.group_version.empty()) {
        const auto [group, version] = split_group_version(subresource.group_version);
        entry["group"] = group;
        entry["version"] = version;
    }
    return entry;
}

Json response_kind(std::string_view group_version, std::string_view kind) {
    const auto [group, version] = split_group_version(group_version);
    return {{"group", group}, {"version", version}, {"kind", kind}};
}

Json aggregated_subresource(const Subresource& subresource, std::string_view parent_version) {
    const auto version =
        subresource.group_version.empty() ? parent_version : subresource.group_version;
    return {
        {"subresource", subresource.name},
        {"responseKind", response_kind(version, subresource.kind)},
        {"verbs", subresource.verbs}};
}

Json aggregated_resource(const Resource& resource, std::string_view group_version) {
    Json entry = {
        {"resource", resource.plural},
        {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
        {"singularResource", resource.singular},
        {"verbs", resource.verbs}};
    // What only has subresources has an empty kind; some clients look into it unasked.
    const bool answers = !resource.kind.empty();
    entry["responseKind"] = response_kind(answers ? group_version : "", resource.kind);
    set_words(entry, resource, group_version);
    for (const auto& subresource : resource.subresources) {
        entry["subresources"].push_back(aggregated_subresource(subresource, group_version));
    }
    return entry;
}

Json aggregated_version(std::string_view group_version) {
    Json resources = Json::array();
    for (const auto* resource : served_resources()) {
        if (resource->serves(group_version)) {
            resources.push_back(aggregated_resource(*resource, group_version));
        }
    }
    return {
        {"version", split_group_version(group_version).version},
        {"freshness", "Current"},
        {"resources", std::move(resources)}};
}

Json aggregated_group(std::string_view group) {
    Json versions = Json::array();
    for (const auto group_version : versions_of(group)) {
        versions.push_back(aggregated_version(group_version));
    }
    return {{"metadata", {{"name", group}}}, {"versions", std::move(versions)}};
}

Json legacy_document(std::string_view path) {
    if (path == "/api") return api_versions();
    if (path == "/apis") return api_group_list();
    if (path.starts_with("/api/")) return api_resource_list(path.substr(5));
    const auto rest = path.substr(std::string_view("/apis/").size());
    return rest.find('/') == std::string_view::npos ? api_group(rest) : api_resource_list(rest);
}

}  // namespace

Json api_versions() {
    return {{"kind", "APIVersions"}, {"versions", {"v1"}}};
}

Json api_group_list() {
    Json list = Json::array();
    for (const auto group : groups()) {
        if (!group.empty()) list.push_back(group_entry(group));
    }
    return {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(list)}};
}

Json api_group(std::string_view group) {
    if (group.empty() || versions_of(group).empty()) return nullptr;
    auto entry = group_entry(group);
    entry["kind"] = "APIGroup";
    entry["apiVersion"] = "v1";
    return entry;
}

Json api_resource_list(std::string_view group_version) {
    Json resources = Json::array();
    for (const auto* resource : served_resources()) {
        if (!resource->serves(group_version)) continue;
        if (!resource->kind.empty()) resources.push_back(resource_entry(*resource, group_version));
        for (const auto& subresource : resource->subresources) {
            resources.push_back(subresource_entry(*resource, subresource));
        }
    }
    if (resources.empty()) return nullptr;
    return {
        {"kind", "APIResourceList"},
        {"apiVersion", "v1"},
        {"groupVersion", group_version},
        {"resources", std::move(resources)}};
}

Json aggregated_discovery(bool core, std::string_view version) {
    Json items = Json::array();
    for (const auto group : groups()) {
        if (group.empty() == core) items.push_back(aggregated_group(group));
    }
    return {
        {"kind", "APIGroupDiscoveryList"},
        {"apiVersion", fmt::format("apidiscovery.k8s.io/{}", version)},
        {"metadata", Json::object()},
        {"items", std::move(items)}};
}

Awaitable<Result<http::Response>> get_discovery(Call call) {
    const auto& path = call.info.path;
    const bool root = path == "/api" || path == "/apis";
    if (!root && !path.starts_with("/api/") && !path.starts_with("/apis/")) {
        co_return unknown_path_error();
    }
    const auto accepted = negotiate_discovery(call.request.headers);
    if (!accepted) co_return accepted.error();
    if (root && accepted->shape == Shape::AggregatedDiscovery) {
        co_return cacheable_response(
            aggregated_discovery(path == "/api", accepted->version).dump(),
            fmt::format(
                "application/json;g=apidiscovery.k8s.io;v={};as=APIGroupDiscoveryList",
                accepted->version),
            call.request.headers);
    }
    const auto document = legacy_document(path);
    if (document.is_null()) co_return unknown_path_error();
    co_return cacheable_response(document.dump(), "application/json", call.request.headers);
}

}  // namespace picket::apiserver
