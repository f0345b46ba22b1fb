#include "apiserver/routes/openapi_protobuf.hpp"

#include "apiserver/routes/protobuf_wire.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

/// A map of messages: each entry is a message of a name and a value.
template <class Encode>
void write_entries(WireWriter& out, std::uint32_t number, const Json& map, Encode encode) {
    for (const auto& [name, value] : map.items()) {
        out.message(number, WireWriter().text(1, name).message(2, encode(value)));
    }
}

void write_text(WireWriter& out, std::uint32_t number, const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found != object.end()) out.text(number, found->get_ref<const std::string&>());
}

/// `Any`: JSON is YAML.
WireWriter any_value(const Json& value) {
    return WireWriter().text(2, value.dump());
}

void write_extensions(WireWriter& out, std::uint32_t number, const Json& object) {
    for (const auto& [name, value] : object.items()) {
        if (name.starts_with("x-"))
            out.message(number, WireWriter().text(1, name).message(2, any_value(value)));
    }
}

WireWriter schema_message(const Json& schema) {
    WireWriter out;
    write_text(out, 1, schema, "$ref");
    write_text(out, 2, schema, "format");
    write_text(out, 4, schema, "description");
    if (schema.contains("default")) out.message(5, any_value(schema["default"]));
    for (const auto& name : schema.value("required", Json::array()))
        out.text(19, name.get_ref<const std::string&>());
    for (const auto& value : schema.value("enum", Json::array())) out.message(20, any_value(value));
    if (schema.contains("additionalProperties"))
        out.message(21, WireWriter().message(1, schema_message(schema["additionalProperties"])));
    if (schema.contains("type"))
        out.message(22, WireWriter().text(1, schema["type"].get_ref<const std::string&>()));
    if (schema.contains("items"))
        out.message(23, WireWriter().message(1, schema_message(schema["items"])));
    if (schema.contains("properties")) {
        WireWriter properties;
        write_entries(properties, 1, schema["properties"], schema_message);
        out.message(25, properties);
    }
    write_extensions(out, 31, schema);
    return out;
}

/// `ParametersItem`: a parameter that is not a body, of the path or the query.
WireWriter parameter_message(const Json& parameter) {
    const bool in_path = parameter["in"] == "path";
    WireWriter out;
    if (parameter.value("required", false)) out.flag(1, true);
    write_text(out, 2, parameter, "in");
    write_text(out, 4, parameter, "name");
    write_text(out, in_path ? 5 : 6, parameter, "type");
    const auto choice = WireWriter().message(in_path ? 4 : 3, out);
    return WireWriter().message(1, WireWriter().message(2, choice));
}

WireWriter response_message(const Json& response) {
    WireWriter out;
    write_text(out, 1, response, "description");
    return WireWriter().message(1, out);
}

void write_parameters(WireWriter& out, std::uint32_t number, const Json& owner) {
    for (const auto& parameter : owner.value("parameters", Json::array()))
        out.message(number, parameter_message(parameter));
}

WireWriter operation_message(const Json& operation) {
    WireWriter out;
    write_parameters(out, 8, operation);
    WireWriter responses;
    write_entries(responses, 1, operation["responses"], response_message);
    out.message(9, responses);
    write_extensions(out, 13, operation);
    return out;
}

WireWriter path_message(const Json& item) {
    constexpr std::pair<const char*, std::uint32_t> kMethods[] = {
        {"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
    WireWriter out;
    for (const auto& [method, number] : kMethods) {
        if (item.contains(method)) out.message(number, operation_message(item[method]));
    }
    write_parameters(out, 9, item);
    return out;
}

}  // namespace

std::string encode_openapi(const Json& document) {
    WireWriter info;
    write_text(info, 1, document["info"], "title");
    write_text(info, 2, document["info"], "version");
    WireWriter paths;
    write_entries(paths, 2, document["paths"], path_message);
    WireWriter definitions;
    write_entries(definitions, 1, document["definitions"], schema_message);
    WireWriter out;
    write_text(out, 1, document, "swagger");
    return out.message(2, info).message(8, paths).message(9, definitions).take();
}

}  // namespace picket::apiserver
