#include "cli/commands/commands.hpp"
#include "cli/duration.hpp"
#include "cli/json_path.hpp"
#include "cli/manifest.hpp"
#include "cli/removal.hpp"
#include "cli/selection.hpp"
#include "cli/session.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

struct DeleteOptions {
    ConnectionOptions connection;
    SelectionOptions selection;
    ManifestOptions manifests;
    std::vector<std::string> words;
    RemovalOptions removal;
    bool all = false;
    bool ignore_not_found = false;
    bool name_output = false;
};

/// What to delete, and how it is called in messages.
struct Victim {
    client::Target target;
    std::string name;
};

Result<std::vector<Victim>> victims_of_manifests(
    const Session& session, const DeleteOptions& options) {
    auto manifests = load_manifests(options.manifests);
    if (!manifests) return manifests.error();
    std::vector<Victim> victims;
    for (const Manifest& manifest : *manifests) {
        auto target = target_of_object(manifest.object, session.namespace_name());
        if (!target) return target.error();
        victims.push_back({std::move(*target), display_name_of(manifest.object)});
    }
    return victims;
}

Result<void> add_collection(
    std::vector<Victim>& victims,
    Session& session,
    const DeleteOptions& options,
    const ResourceArg& argument) {
    if (!options.all && !options.selection.selects())
        throw UsageError("say which: names, -l, --field-selector or --all");
    auto objects = fetch_objects(session, options.selection, argument);
    if (!objects) return objects.error();
    for (const Json& object : *objects) {
        auto target = target_of_object(object, session.namespace_name());
        if (!target) return target.error();
        victims.push_back({std::move(*target), display_name_of(object)});
    }
    return Ok();
}

Result<std::vector<Victim>> victims_of_arguments(Session& session, const DeleteOptions& options) {
    auto arguments = parse_resource_args(options.words);
    if (!arguments) return arguments.error();
    std::vector<Victim> victims;
    for (const ResourceArg& argument : *arguments) {
        if (argument.name.empty()) {
            if (auto added = add_collection(victims, session, options, argument); !added)
                return added.error();
        } else {
            victims.push_back(
                {selected_target(options.selection, argument, session.namespace_name()),
                 display_name(*argument.resource, argument.name)});
        }
    }
    return victims;
}

void print_deleted(const Victim& victim, const DeleteOptions& options) {
    if (options.name_output) {
        fmt::print("{}\n", victim.name);
    } else {
        fmt::print("{} {}\n", victim.name, removal_word(options.removal));
    }
    std::fflush(stdout);
}

Result<int> delete_victim(Session& session, const Victim& victim, const DeleteOptions& options) {
    auto removal = start_removal(session, victim.target, options.removal);
    if (!removal && removal.error().reason == Reason::NotFound && options.ignore_not_found)
        return kDone;
    if (!removal) return removal.error();
    print_deleted(victim, options);
    auto gone = await_removal(session, *removal, options.removal);
    if (!gone) return gone.error();
    return kDone;
}

Result<int> delete_all(const DeleteOptions& options) {
    if (options.manifests.files.empty() == options.words.empty())
        throw UsageError("give either -f or what to delete");
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto victims = options.words.empty() ? victims_of_manifests(**session, options)
                                         : victims_of_arguments(**session, options);
    if (!victims) return victims.error();
    if (victims->empty()) fmt::print(stderr, "No resources found\n");
    int code = kDone;
    for (const Victim& victim : *victims) {
        auto deleted = delete_victim(**session, victim, options);
        if (deleted) continue;
        fmt::print(stderr, "error: {}\n", deleted.error().message);
        code = kFailed;
    }
    return code;
}

}  // namespace

Action define_delete(CLI::App& app) {
    const auto options = std::make_shared<DeleteOptions>();
    app.add_option("what", options->words, "TYPE NAME..., TYPE/NAME..., or TYPE with -l or --all");
    add_manifest_options(app, options->manifests);
    add_selection_options(app, options->selection);
    app.add_flag("--all", options->all, "every object of the type in the namespace");
    app.add_flag("--ignore-not-found", options->ignore_not_found, "a missing object is no failure");
    add_removal_options(app, options->removal);
    app.add_option_function<std::string>(
           "-o,--output",
           [options](const std::string&) { options->name_output = true; },
           "name: print names only")
        ->check(CLI::IsMember({"name"}).description(""))
        ->type_name("FORMAT");
    add_connection_options(app, options->connection);
    return [options] { return delete_all(*options); };
}

}  // namespace picket::cli
