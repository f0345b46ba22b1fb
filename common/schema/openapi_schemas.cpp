#include "common/api/resource.hpp"
#include "common/schema/catalog.hpp"
#include "common/schema/openapi_parts.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>
#include <set>
#include <vector>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

constexpr std::string_view kQuantity = "io.k8s.apimachinery.pkg.api.resource.Quantity";
constexpr std::string_view kIntOrString = "io.k8s.apimachinery.pkg.util.intstr.IntOrString";

std::string qualified_name(const Type& type) {
    return fmt::format("{}.{}", type.package, type.name);
}

Json reference(std::string_view name) {
    return {{"$ref", fmt::format("#/components/schemas/{}", name)}};
}

Json formatted(std::string_view type, std::string_view format) {
    return {{"type", type}, {"format", format}};
}

/// The schema of a single value: of a field, or of an element of a list or map.
Json value_schema(Kind kind, const Field& field) {
    switch (kind) {
        case Kind::String:
            return {{"type", "string"}};
        case Kind::Integer:
            return formatted("integer", field.bits == 32 ? "int32" : "int64");
        case Kind::Number:
            return formatted("number", "double");
        case Kind::Boolean:
            return {{"type", "boolean"}};
        case Kind::Time:
        case Kind::MicroTime:
            return formatted("string", "date-time");
        case Kind::Base64:
            return formatted("string", "byte");
        case Kind::Quantity:
            return reference(kQuantity);
        case Kind::IntOrString:
            return reference(kIntOrString);
        case Kind::Object:
            return reference(qualified_name(*field.type));
        case Kind::Any:
        case Kind::List:
        case Kind::Map:
            break;
    }
    return {{"type", "object"}};
}

Json element_schema(const Field& field) {
    Json schema = value_schema(field.element_kind, field);
    if (!field.enum_values.empty()) schema["enum"] = field.enum_values;
    return schema;
}

/// Beside a $ref nothing else counts, so a field that refers to a type wraps it.
Json wrapped(Json schema) {
    if (!schema.contains("$ref")) return schema;
    return {{"allOf", Json::array({std::move(schema)})}};
}

Json shape(const Field& field) {
    switch (field.kind) {
        case Kind::List:
            return {{"type", "array"}, {"items", element_schema(field)}};
        case Kind::Map:
            return {{"type", "object"}, {"additionalProperties", element_schema(field)}};
        default:
            return wrapped(element_schema(field));
    }
}

std::string explanation(const Field& field) {
    if (field.honoured()) return field.description;
    return fmt::format("{} Stored without effect: {}.", field.description, field.stored_reason);
}

std::string_view list_type(const Field& field) {
    if (field.merge == ListMerge::Set) return "set";
    return field.list_keys.empty() ? "atomic" : "map";
}

void add_list_extensions(Json& schema, const Field& field) {
    schema["x-kubernetes-list-type"] = list_type(field);
    if (!field.list_keys.empty()) schema["x-kubernetes-list-map-keys"] = field.list_keys;
    if (field.merge == ListMerge::Atomic) return;
    schema["x-kubernetes-patch-strategy"] = field.retain_keys ? "merge,retainKeys" : "merge";
    if (field.merge == ListMerge::ByKey) {
        schema["x-kubernetes-patch-merge-key"] = field.merge_keys.front();
    }
}

Json property(const Field& field) {
    Json schema = shape(field);
    schema["description"] = explanation(field);
    if (field.default_value) schema["default"] = *field.default_value;
    if (field.kind == Kind::List) add_list_extensions(schema, field);
    if (field.kind == Kind::Map && field.atomic) schema["x-kubernetes-map-type"] = "atomic";
    return schema;
}

Json type_schema(const Type& type) {
    Json schema = {{"type", "object"}, {"description", type.description}};
    if (type.atomic) schema["x-kubernetes-map-type"] = "atomic";
    for (const auto& field : type.fields) {
        schema["properties"][field.name] = property(field);
        if (field.required) schema["required"].push_back(field.name);
    }
    return schema;
}

/// The types that can be reached from some, those included.
std::set<const Type*> reachable(std::vector<const Type*> open) {
    std::set<const Type*> seen;
    while (!open.empty()) {
        const Type* type = open.back();
        open.pop_back();
        if (!seen.insert(type).second) continue;
        for (const auto& field : type->fields) {
            if (field.type != nullptr) open.push_back(field.type);
        }
    }
    return seen;
}

Json alternatives(std::string_view description, std::string_view one, std::string_view other) {
    return {
        {"description", description}, {"oneOf", Json::array({{{"type", one}}, {{"type", other}}})}};
}

}  // namespace

Json group_version_kind(std::string_view group_version, std::string_view kind) {
    const auto [group, version] = split_group_version(group_version);
    return {{"group", group}, {"version", version}, {"kind", kind}};
}

Json openapi_schemas(std::string_view group_version) {
    const auto kinds = catalog().kinds_of(group_version);
    std::vector<const Type*> roots;
    for (const auto& [kind, type] : kinds) roots.push_back(type);

    Json schemas = {
        {kQuantity,
         alternatives(
             "An amount: a number with an optional suffix, as in 100m, 1.5 or 64Mi.",
             "string",
             "number")},
        {kIntOrString,
         alternatives(
             "A number, or a string such as a percentage or a name.", "integer", "string")}};
    for (const Type* type : reachable(roots)) schemas[qualified_name(*type)] = type_schema(*type);
    for (const auto& [kind, type] : kinds) {
        schemas[qualified_name(*type)]["x-kubernetes-group-version-kind"].push_back(
            group_version_kind(group_version, kind));
    }
    return schemas;
}

}  // namespace picket::schema
