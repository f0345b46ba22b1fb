/// The same documents in Swagger 2.0, all kinds in one: what kubectl before 1.29 reads.
#include "common/schema/openapi_parts.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

namespace picket::schema {
namespace {

constexpr std::string_view kComponents = "#/components/schemas/";
constexpr const char* kGroupVersionKind = "x-kubernetes-group-version-kind";

Json old_reference(const Json& schema) {
    const auto& target = schema.at("$ref").get_ref<const std::string&>();
    return {{"$ref", fmt::format("#/definitions/{}", target.substr(kComponents.size()))}};
}

/// There are no alternatives in Swagger 2.0: a string, which stands for a number as well.
Json old_alternatives(const Json& schema) {
    Json out = {{"type", "string"}, {"description", schema.at("description")}};
    if (schema["oneOf"][0]["type"] == "integer") out["format"] = "int-or-string";
    return out;
}

Json old_schema(const Json& schema) {
    if (schema.contains("$ref")) return old_reference(schema);
    if (schema.contains("oneOf")) return old_alternatives(schema);
    Json out = schema;
    if (schema.contains("allOf")) {
        out.erase("allOf");
        out.update(old_reference(schema["allOf"][0]));
    }
    for (const auto* nested : {"items", "additionalProperties"}) {
        if (schema.contains(nested)) out[nested] = old_schema(schema[nested]);
    }
    if (schema.contains("properties")) {
        for (auto& property : out["properties"]) property = old_schema(property);
    }
    return out;
}

Json old_parameters(Json parameters) {
    for (auto& parameter : parameters) {
        parameter.update(parameter["schema"]);
        parameter.erase("schema");
    }
    return parameters;
}

Json old_path(Json item) {
    for (auto& [name, part] : item.items()) {
        if (name == "parameters") {
            part = old_parameters(std::move(part));
        } else if (part.contains("parameters")) {
            part["parameters"] = old_parameters(std::move(part["parameters"]));
        }
    }
    return item;
}

/// A type may be reached from several group versions; each says which kinds of its own it stands
/// for.
void add_definition(Json& definitions, const std::string& name, const Json& schema) {
    auto& known = definitions[name];
    if (known.is_null()) {
        known = old_schema(schema);
    } else if (schema.contains(kGroupVersionKind)) {
        for (const auto& kind : schema[kGroupVersionKind]) known[kGroupVersionKind].push_back(kind);
    }
}

}  // namespace

Json openapi_v2() {
    Json paths = Json::object();
    Json definitions = Json::object();
    for (const auto group_version : served_group_versions()) {
        auto new_paths = openapi_paths(group_version);
        for (auto& [path, item] : new_paths.items()) paths[path] = old_path(std::move(item));
        const auto schemas = openapi_schemas(group_version);
        for (const auto& [name, schema] : schemas.items())
            add_definition(definitions, name, schema);
    }
    return {
        {"swagger", "2.0"},
        {"info", {{"title", "picket"}, {"version", PICKET_VERSION}}},
        {"paths", std::move(paths)},
        {"definitions", std::move(definitions)}};
}

}  // namespace picket::schema
