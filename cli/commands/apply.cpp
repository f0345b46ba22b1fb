#include "cli/apply.hpp"

#include "cli/commands/commands.hpp"
#include "cli/host_table.hpp"
#include "cli/manifest.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"
#include "cli/set_plan.hpp"
#include "cli/write_options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

struct ApplyCommandOptions {
    ConnectionOptions connection;
    ManifestOptions manifests;
    WriteOptions write;
    bool server_side = false;
    ServerSideOptions server_side_options;
};

Result<Applied> apply_one(
    Session& session, const Json& object, const ApplyCommandOptions& options) {
    if (!options.server_side) return apply(session, object, options.write.dry_run);
    return apply_server_side(session, object, options.server_side_options, options.write.dry_run);
}

/// A dry run on the server also says what would happen on the hosts.
Result<Applied> with_placement(Session& session, Applied applied, const WriteOptions& write) {
    if (write.dry_run != DryRun::Server || write.output || !is_daemon_set(applied.object))
        return applied;
    const auto plan = plan_of(session, applied.object);
    if (!plan) return plan.error();
    fmt::print("{}", format_plan(*plan));
    return applied;
}

Result<int> apply_all(const ApplyCommandOptions& options) {
    if (options.manifests.files.empty())
        throw UsageError("say what to apply: -f FILE, -f DIRECTORY or -f -");
    auto manifests = load_manifests(options.manifests);
    if (!manifests) return manifests.error();
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    int code = kDone;
    for (const Manifest& manifest : *manifests) {
        auto applied = apply_one(**session, manifest.object, options);
        if (applied) {
            print_written(applied->object, outcome_word(applied->outcome), options.write);
            applied = with_placement(**session, std::move(*applied), options.write);
        }
        if (!applied) code = report_failure(manifest, applied.error());
    }
    return code;
}

}  // namespace

Action define_apply(CLI::App& app) {
    const auto options = std::make_shared<ApplyCommandOptions>();
    add_manifest_options(app, options->manifests);
    add_write_options(app, options->write);
    auto* const server_side = app.add_flag(
        "--server-side",
        options->server_side,
        "let the server merge, and track who sets which field");
    app.add_flag(
           "--force-conflicts",
           options->server_side_options.force_conflicts,
           "take over the fields that others manage")
        ->needs(server_side);
    app.add_option(
           "--field-manager",
           options->server_side_options.field_manager,
           "under which name fields are managed")
        ->needs(server_side)
        ->type_name("NAME");
    add_connection_options(app, options->connection);
    return [options] { return apply_all(*options); };
}

}  // namespace picket::cli
