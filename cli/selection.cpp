#include "cli/selection.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {

void add_selection_options(CLI::App& app, SelectionOptions& options) {
    app.add_flag("-A,--all-namespaces", options.all_namespaces, "objects of all namespaces");
    app.add_option("-l,--selector", options.labels, "by labels: app=web,tier in (a, b),!old")
        ->type_name("LABELS");
    app.add_option(
           "--field-selector", options.fields, "by fields: spec.nodeName=n1,status.phase!=Running")
        ->type_name("FIELDS");
}

client::Query selector_query(const SelectionOptions& options) {
    client::Query query;
    if (!options.labels.empty()) query.emplace_back("labelSelector", options.labels);
    if (!options.fields.empty()) query.emplace_back("fieldSelector", options.fields);
    return query;
}

client::Target selected_target(
    const SelectionOptions& options,
    const ResourceArg& argument,
    const std::string& namespace_name) {
    if (!argument.name.empty() && options.all_namespaces && argument.resource->namespaced)
        throw UsageError(
            fmt::format("{} is in one namespace: name it with -n instead of -A", argument.name));
    if (!argument.name.empty() && options.selects())
        throw UsageError("a name and a selector cannot be given together");
    return target_of(argument, options.all_namespaces ? std::string() : namespace_name);
}

std::vector<Json> items_of(const ResourceArg& argument, Json list) {
    std::vector<Json> items;
    for (Json& item : list["items"]) {
        item["apiVersion"] = argument.group_version;
        item["kind"] = argument.resource->kind;
        items.push_back(std::move(item));
    }
    return items;
}

Result<std::vector<Json>> fetch_objects(
    Session& session, const SelectionOptions& options, const ResourceArg& argument) {
    auto answer = session.get(
        selected_target(options, argument, session.namespace_name()),
        {.query = argument.name.empty() ? selector_query(options) : client::Query{}});
    if (!answer) return answer.error();
    if (argument.name.empty()) return items_of(argument, std::move(*answer));
    return std::vector<Json>{std::move(*answer)};
}

}  // namespace picket::cli
