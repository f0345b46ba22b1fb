#include "cli/describe/describe.hpp"

#include "cli/commands/commands.hpp"
#include "cli/json_path.hpp"
#include "cli/selection.hpp"
#include "cli/selectors.hpp"
#include "cli/session.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

struct DescribeOptions {
    ConnectionOptions connection;
    SelectionOptions selection;
    std::vector<std::string> words;
};

const ResourceArg& pods() {
    static const ResourceArg argument{find_resource("v1", "pods"), "v1"};
    return argument;
}

Result<std::vector<Json>> pods_of(Session& session, const Json& object) {
    const std::string kind = string_at(object, "/kind");
    if (kind == "Node")
        return fetch_objects(
            session,
            {.all_namespaces = true,
             .fields = "spec.nodeName=" + string_at(object, "/metadata/name")},
            pods());
    if (kind != "DaemonSet") return std::vector<Json>{};
    auto list = session.get(
        {.group_version = "v1",
         .plural = "pods",
         .namespace_name = string_at(object, "/metadata/namespace")},
        {.query = {{"labelSelector", selector_text(at_path(object, "/spec/selector"))}}});
    if (!list) return list.error();
    return items_of(pods(), std::move(*list));
}

Result<std::vector<Json>> events_of(Session& session, const Json& object) {
    const std::string fields = fmt::format(
        "involvedObject.kind={},involvedObject.name={}",
        string_at(object, "/kind"),
        string_at(object, "/metadata/name"));
    const ResourceArg events{find_resource("v1", "events"), "v1"};
    const std::string name_space = string_at(object, "/metadata/namespace");
    auto list = session.get(target_of(events, name_space), {.query = {{"fieldSelector", fields}}});
    if (!list) return list.error();
    return items_of(events, std::move(*list));
}

Result<void> describe_object(Session& session, Json object) {
    auto own_pods = pods_of(session, object);
    if (!own_pods) return own_pods.error();
    auto events = events_of(session, object);
    if (!events) return events.error();
    const std::string text = describe(
        {std::move(object), std::move(*own_pods), std::move(*events)}, SystemClock().now());
    std::fputs(text.c_str(), stdout);
    return Ok();
}

Result<int> describe_all(const DescribeOptions& options) {
    auto arguments = parse_resource_args(options.words);
    if (!arguments) return arguments.error();
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    int shown = 0;
    for (const ResourceArg& argument : *arguments) {
        auto objects = fetch_objects(**session, options.selection, argument);
        if (!objects) return objects.error();
        for (Json& object : *objects) {
            if (shown++ > 0) fmt::print("\n\n");
            if (auto described = describe_object(**session, std::move(object)); !described)
                return described.error();
        }
    }
    if (shown == 0) fmt::print(stderr, "No resources found\n");
    return kDone;
}

}  // namespace

Action define_describe(CLI::App& app) {
    const auto options = std::make_shared<DescribeOptions>();
    app.add_option("what", options->words, "TYPE, TYPE NAME... or TYPE/NAME...")->required();
    add_selection_options(app, options->selection);
    add_connection_options(app, options->connection);
    return [options] { return describe_all(*options); };
}

}  // namespace picket::cli
