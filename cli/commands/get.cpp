#include "cli/commands/commands.hpp"
#include "cli/json_path.hpp"
#include "cli/output.hpp"
#include "cli/pull_progress.hpp"
#include "cli/selection.hpp"
#include "cli/session.hpp"
#include "cli/table_printer.hpp"
#include "cli/watch.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace picket::cli {
namespace {

constexpr const char* kTableAccept =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// Only such a pod can be waiting for its first images.
constexpr const char* kPending = "status.phase=Pending";

struct GetOptions {
    ConnectionOptions connection;
    SelectionOptions selection;
    std::vector<std::string> words;
    OutputFormat output = OutputFormat::Table;
    bool watch = false;
    bool watch_only = false;
    bool no_headings = false;
    bool show_labels = false;
    bool show_managed_fields = false;
    bool ignore_not_found = false;
    std::string raw_path;
};

void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
}

bool wants_table(const GetOptions& options) {
    return options.output == OutputFormat::Table || options.output == OutputFormat::Wide;
}

bool of_several_types(const std::vector<ResourceArg>& arguments) {
    return std::ranges::any_of(
        arguments, [&](const auto& a) { return a.resource != arguments.front().resource; });
}

TableOptions table_options(
    const GetOptions& options, const ResourceArg& argument, bool prefix_names) {
    return {
        .wide = options.output == OutputFormat::Wide,
        .headings = !options.no_headings,
        .show_namespace = options.selection.all_namespaces && argument.resource->namespaced,
        .show_labels = options.show_labels,
        .name_prefix = prefix_names ? display_name(*argument.resource, "") : std::string()};
}

std::string nothing_found(
    const GetOptions& options, const Session& session, const ResourceArg& argument) {
    if (!argument.resource->namespaced || options.selection.all_namespaces)
        return "No resources found";
    return fmt::format("No resources found in {} namespace", session.namespace_name());
}

class Getter {
public:
    Getter(Session& session, const GetOptions& options, std::vector<ResourceArg> arguments)
        : session_(session), options_(options), arguments_(std::move(arguments)) {}

    Result<int> print_tables() {
        const bool prefix = of_several_types(arguments_);
        const Resource* previous = nullptr;
        for (const ResourceArg& argument : arguments_) {
            auto table = fetch_table(argument);
            if (!table) {
                if (auto tolerated = tolerate(table.error()); !tolerated) return tolerated.error();
                continue;
            }
            if (list_at(*table, "/rows").empty()) continue;
            // Consecutive names of one type stand below one heading.
            if (argument.resource != previous) {
                if (previous != nullptr) print("\n");
                printer_.emplace(table_options(options_, argument, prefix));
            }
            previous = argument.resource;
            print(printer_->print(*table));
        }
        if (previous == nullptr && code_ == kDone)
            fmt::print(stderr, "{}\n", nothing_found(options_, session_, arguments_.front()));
        return code_;
    }

    Result<int> print_objects() {
        Json items = Json::array();
        for (const ResourceArg& argument : arguments_) {
            auto objects = fetch_objects(session_, options_.selection, argument);
            if (!objects) {
                if (auto tolerated = tolerate(objects.error()); !tolerated)
                    return tolerated.error();
                continue;
            }
            std::ranges::move(*objects, std::back_inserter(items));
        }
        const bool one = arguments_.size() == 1 && !arguments_.front().name.empty();
        if (one && items.empty()) return code_;
        print(format_object(
            one ? items.front() : make_list(std::move(items)),
            options_.output,
            options_.show_managed_fields));
        return code_;
    }

    /// The present state, then every change until the user ends it.
    Result<int> watch() {
        if (arguments_.size() != 1) throw UsageError("-w watches one type or one object");
        const ResourceArg& argument = arguments_.front();
        const WatchRequest request = watch_request(argument);
        auto list =
            session_.get(request.target, {.query = request.query, .accept = request.accept});
        if (!list) return list.error();
        printer_.emplace(table_options(options_, argument, false));
        if (!options_.watch_only) show_list(argument, *list);
        auto watched = watch_events(
            session_,
            request,
            string_at(*list, "/metadata/resourceVersion"),
            [this](const Json& event) {
                show(event.at("object"));
                return true;
            });
        if (!watched) return watched.error();
        return kDone;
    }

private:
    Result<Json> fetch_table(const ResourceArg& argument) {
        auto table = session_.get(
            selected_target(options_.selection, argument, session_.namespace_name()),
            {.query = argument.name.empty() ? selector_query(options_.selection) : client::Query{},
             .accept = kTableAccept});
        const bool of_pods = argument.resource->plural == "pods";
        if (!table || !of_pods || !may_be_pulling(*table)) return table;
        auto selection = options_.selection;
        if (argument.name.empty())
            selection.fields += selection.fields.empty() ? kPending : fmt::format(",{}", kPending);
        const auto pods = fetch_objects(session_, selection, argument);
        if (!pods) return pods.error();
        show_pull_progress(*table, *pods);
        return table;
    }

    WatchRequest watch_request(const ResourceArg& argument) {
        client::Target target =
            selected_target(options_.selection, argument, session_.namespace_name());
        WatchRequest request =
            argument.name.empty()
                ? WatchRequest{.target = std::move(target), .query = selector_query(options_.selection)}
                : watch_of_one(std::move(target));
        if (wants_table(options_)) request.accept = kTableAccept;
        return request;
    }

    // One missing object does not hide the others.
    Result<void> tolerate(const Error& error) {
        if (error.reason != Reason::NotFound) return error;
        if (options_.ignore_not_found) return Ok();
        fmt::print(stderr, "error: {}\n", error.message);
        code_ = kFailed;
        return Ok();
    }

    void show_list(const ResourceArg& argument, Json list) {
        if (wants_table(options_)) return show(list);
        for (const Json& item : items_of(argument, std::move(list))) show(item);
    }

    void show(const Json& object) {
        if (wants_table(options_)) return print(printer_->print(object));
        if (options_.output == OutputFormat::Yaml && shown_++ > 0) print("---\n");
        print(format_object(object, options_.output, options_.show_managed_fields));
    }

    Session& session_;
    const GetOptions& options_;
    std::vector<ResourceArg> arguments_;
    std::optional<TablePrinter> printer_;
    int code_ = kDone;
    int shown_ = 0;
};

Result<int> get(const GetOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    if (!options.raw_path.empty()) {
        auto body = (*session)->get_raw(options.raw_path);
        if (!body) return body.error();
        print(*body);
        return kDone;
    }
    auto arguments = parse_resource_args(options.words);
    if (!arguments) return arguments.error();
    Getter getter(**session, options, std::move(*arguments));
    if (options.watch || options.watch_only) return getter.watch();
    return wants_table(options) ? getter.print_tables() : getter.print_objects();
}

}  // namespace

Action define_get(CLI::App& app) {
    const auto options = std::make_shared<GetOptions>();
    app.add_option(
        "what", options->words, "TYPE, TYPE NAME..., TYPE/NAME..., several types: ds,pods");
    add_output_option(app, options->output, true);
    add_selection_options(app, options->selection);
    app.add_flag("-w,--watch", options->watch, "then show every change");
    app.add_flag("--watch-only", options->watch_only, "show changes only");
    app.add_flag("--no-headers", options->no_headings, "leave the headings out");
    app.add_flag(
        "--show-managed-fields",
        options->show_managed_fields,
        "with yaml and json: who manages which field");
    app.add_flag("--show-labels", options->show_labels, "a last column with the labels");
    app.add_flag("--ignore-not-found", options->ignore_not_found, "a missing object is no failure");
    app.add_option("--raw", options->raw_path, "print what the server answers to this path")
        ->type_name("PATH");
    add_connection_options(app, options->connection);
    return [options] { return get(*options); };
}

}  // namespace picket::cli
