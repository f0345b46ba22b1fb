#include "cli/output.hpp"

#include "cli/choice.hpp"
#include "cli/json_path.hpp"
#include "cli/resource_args.hpp"
#include "common/yaml/yaml.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <map>

namespace picket::cli {
namespace {

using Formats = std::map<std::string, OutputFormat>;

std::string format_names(const Json& object) {
    if (!object.contains("items")) return display_name_of(object) + "\n";
    std::string names;
    for (const Json& item : list_at(object, "/items")) names += display_name_of(item) + "\n";
    return names;
}

void drop_managed_fields(Json& object) {
    if (object.contains("metadata") && object["metadata"].is_object()) {
        object["metadata"].erase("managedFields");
    }
    if (!object.contains("items")) return;
    for (Json& item : object["items"]) drop_managed_fields(item);
}

}  // namespace

void add_output_option(CLI::App& app, OutputFormat& format, bool tables) {
    Formats formats = {
        {"yaml", OutputFormat::Yaml}, {"json", OutputFormat::Json}, {"name", OutputFormat::Name}};
    if (tables) formats.insert({{"table", OutputFormat::Table}, {"wide", OutputFormat::Wide}});
    std::string names = tables ? "table, wide, yaml, json or name" : "yaml, json or name";
    app.add_option("-o,--output", format, names)
        ->transform(one_of(std::move(formats)))
        ->type_name("FORMAT");
}

std::string format_object(Json object, OutputFormat format, bool show_managed_fields) {
    if (!show_managed_fields && object.is_object()) drop_managed_fields(object);
    switch (format) {
        case OutputFormat::Yaml:
            return format_yaml(object);
        case OutputFormat::Name:
            return format_names(object);
        case OutputFormat::Json:
        case OutputFormat::Table:
        case OutputFormat::Wide:
            break;
    }
    return object.dump(4) + "\n";
}

Json make_list(Json items) {
    return {
        {"apiVersion", "v1"},
        {"kind", "List"},
        {"metadata", {{"resourceVersion", ""}}},
        {"items", std::move(items)}};
}

}  // namespace picket::cli
