#include "common/api/resource.hpp"
#include "common/api/virtual_resources.hpp"
#include "common/schema/openapi_parts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace picket::schema {
namespace {

struct Verb {
    std::string_view verb;
    std::string_view method;
    std::string_view action;  ///< `x-kubernetes-action`
};

constexpr std::array<Verb, 3> kCollectionVerbs = {
    {{"list", "get", "list"},
     {"create", "post", "post"},
     {"deletecollection", "delete", "deletecollection"}}};
constexpr std::array<Verb, 4> kItemVerbs = {
    {{"get", "get", "get"},
     {"update", "put", "put"},
     {"patch", "patch", "patch"},
     {"delete", "delete", "delete"}}};

Json parameter(std::string_view name, std::string_view in) {
    Json out = {{"name", name}, {"in", in}, {"schema", {{"type", "string"}}}};
    if (in == "path") out["required"] = true;
    return out;
}

/// That PATCH takes fieldValidation is what tells kubectl to leave the checking of every write to
/// the server.
Json write_parameters() {
    return Json::array(
        {parameter("dryRun", "query"),
         parameter("fieldManager", "query"),
         parameter("fieldValidation", "query")});
}

Json operation(const Verb& verb, const Json& gvk) {
    Json out = {
        {"responses", {{"200", {{"description", "OK"}}}}},
        {"x-kubernetes-action", verb.action},
        {"x-kubernetes-group-version-kind", gvk}};
    const bool writes = verb.method == "post" || verb.method == "put" || verb.method == "patch";
    if (writes) out["parameters"] = write_parameters();
    return out;
}

/// kubectl asks the PATCH operation about a kind that cannot be patched, too.
bool is_listed(const Resource& resource, std::string_view verb) {
    return verb == "patch" || resource.allows(verb);
}

template <std::size_t N>
Json path_item(const Resource& resource, const Json& gvk, const std::array<Verb, N>& verbs) {
    Json item = {{"parameters", Json::array()}};
    if (resource.namespaced) item["parameters"].push_back(parameter("namespace", "path"));
    for (const auto& verb : verbs) {
        if (is_listed(resource, verb.verb)) item[std::string(verb.method)] = operation(verb, gvk);
    }
    return item;
}

std::string collection_path(std::string_view group_version, const Resource& resource) {
    const auto root = split_group_version(group_version).group.empty() ? "/api" : "/apis";
    const auto scope = resource.namespaced ? "/namespaces/{namespace}" : "";
    return fmt::format("{}/{}{}/{}", root, group_version, scope, resource.plural);
}

/// Of a resource that is there for its subresources alone.
void add_subresources(Json& paths, std::string_view group_version, const Resource& resource) {
    constexpr std::array<Verb, 2> kVerbs = {{{"get", "get", "get"}, {"create", "post", "post"}}};
    for (const auto& subresource : resource.subresources) {
        const auto gvk = group_version_kind(group_version, subresource.kind);
        Json item = {{"parameters", {parameter("namespace", "path"), parameter("name", "path")}}};
        for (const auto& verb : kVerbs) {
            const auto& served = subresource.verbs;
            if (std::ranges::find(served, verb.verb) != served.end())
                item[std::string(verb.method)] = operation(verb, gvk);
        }
        const auto path = fmt::format(
            "{}/{{name}}/{}", collection_path(group_version, resource), subresource.name);
        paths[path] = std::move(item);
    }
}

void add_resource(Json& paths, std::string_view group_version, const Resource& resource) {
    if (resource.kind.empty()) return add_subresources(paths, group_version, resource);
    const Json gvk = group_version_kind(group_version, resource.kind);
    const auto collection = collection_path(group_version, resource);
    Json item = path_item(resource, gvk, kItemVerbs);
    item["parameters"].push_back(parameter("name", "path"));
    paths[collection] = path_item(resource, gvk, kCollectionVerbs);
    paths[collection + "/{name}"] = std::move(item);
}

}  // namespace

Json openapi_paths(std::string_view group_version) {
    Json paths = Json::object();
    for (const auto resources : {all_resources(), virtual_resources()}) {
        for (const auto& resource : resources) {
            if (resource.serves(group_version)) add_resource(paths, group_version, resource);
        }
    }
    return paths;
}

}  // namespace picket::schema
