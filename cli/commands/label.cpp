#include "cli/commands/commands.hpp"
#include "cli/metadata_edit.hpp"
#include "cli/selection.hpp"
#include "cli/session.hpp"
#include "cli/write_options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

/// `picket label` and `picket annotate` differ in the field they edit and in words.
struct EditCommand {
    const char* field;
    const char* done;
    const char* field_manager;
};
constexpr EditCommand kLabel = {"labels", "labeled", "picket-label"};
constexpr EditCommand kAnnotate = {"annotations", "annotated", "picket-annotate"};

struct EditOptions {
    ConnectionOptions connection;
    SelectionOptions selection;
    WriteOptions write;
    std::vector<std::string> words;
    bool overwrite = false;
    bool all = false;
};

Result<void> edit_object(
    Session& session,
    const EditCommand& command,
    const EditOptions& options,
    const Json& object,
    const std::vector<MetadataEdit>& edits) {
    const auto overwritten = overwritten_key(object, command.field, edits);
    if (overwritten && !options.overwrite)
        return Error{
            .reason = Reason::Conflict,
            .message = fmt::format(
                "{} has another value for \"{}\" already; --overwrite replaces it",
                display_name_of(object),
                *overwritten)};
    if (is_already_so(object, command.field, edits)) {
        print_written(object, "unchanged", options.write);
        return Ok();
    }
    auto target = target_of_object(object, session.namespace_name());
    if (!target) return target.error();
    auto patched = session.patch(
        *target,
        edit_patch(command.field, edits),
        {.query = write_query(options.write.dry_run, command.field_manager),
         .content_type = "application/merge-patch+json"});
    if (!patched) return patched.error();
    print_written(*patched, command.done, options.write);
    return Ok();
}

Result<int> edit_all(const EditCommand& command, const EditOptions& options) {
    const EditArguments parsed = parse_edit_arguments(options.words);
    auto arguments = parse_resource_args(parsed.objects);
    if (!arguments) return arguments.error();
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    int code = kDone;
    for (const ResourceArg& argument : *arguments) {
        if (argument.name.empty() && !options.all && !options.selection.selects())
            throw UsageError("say which: names, -l, --field-selector or --all");
        auto objects = fetch_objects(**session, options.selection, argument);
        if (!objects) return objects.error();
        for (const Json& object : *objects) {
            auto edited = edit_object(**session, command, options, object, parsed.edits);
            if (edited) continue;
            fmt::print(stderr, "error: {}\n", edited.error().message);
            code = kFailed;
        }
    }
    return code;
}

Action define_edit(CLI::App& app, const EditCommand& command) {
    const auto options = std::make_shared<EditOptions>();
    app.add_option(
           "what",
           options->words,
           "TYPE NAME... or TYPE/NAME..., then KEY=VALUE to set and KEY- to remove")
        ->required();
    add_selection_options(app, options->selection);
    app.add_flag("--all", options->all, "every object of the type in the namespace");
    app.add_flag("--overwrite", options->overwrite, "replace a value that is there already");
    add_write_options(app, options->write);
    add_connection_options(app, options->connection);
    return [options, command] { return edit_all(command, *options); };
}

}  // namespace

Action define_label(CLI::App& app) {
    return define_edit(app, kLabel);
}
Action define_annotate(CLI::App& app) {
    return define_edit(app, kAnnotate);
}

}  // namespace picket::cli
