#include "cli/apply.hpp"
#include "cli/commands/commands.hpp"
#include "cli/host_table.hpp"
#include "cli/json_path.hpp"
#include "cli/manifest.hpp"
#include "cli/output.hpp"
#include "cli/resource_args.hpp"
#include "cli/session.hpp"
#include "cli/set_plan.hpp"
#include "cli/write_options.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

struct PlanOptions {
    ConnectionOptions connection;
    ManifestOptions manifests;
    OutputFormat output = OutputFormat::Table;
};

/// What `apply` would make of the manifest, then what the controller would make of that.
Result<Json> plan_manifest(Session& session, const Json& manifest) {
    auto applied = apply(session, manifest, DryRun::Server);
    if (!applied) return applied.error();
    return plan_of(session, applied->object);
}

/// Other kinds have no hosts: what apply would do is all there is to say.
Result<std::string> plan_other(Session& session, const Json& manifest) {
    auto applied = apply(session, manifest, DryRun::Server);
    if (!applied) return applied.error();
    return fmt::format(
        "{}: would be {}\n", display_name_of(applied->object), outcome_word(applied->outcome));
}

Result<int> plan_all(const PlanOptions& options) {
    if (options.manifests.files.empty())
        throw UsageError("say what to plan: -f FILE, -f DIRECTORY or -f -");
    auto manifests = load_manifests(options.manifests);
    if (!manifests) return manifests.error();
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    int code = kDone;
    Json plans = Json::array();
    const bool table = options.output == OutputFormat::Table;
    for (const Manifest& manifest : *manifests) {
        if (!is_daemon_set(manifest.object)) {
            auto text = plan_other(**session, manifest.object);
            if (!text) code = report_failure(manifest, text.error());
            if (text && table) fmt::print("{}", *text);
            continue;
        }
        auto plan = plan_manifest(**session, manifest.object);
        if (!plan) code = report_failure(manifest, plan.error());
        if (plan && table) fmt::print("{}", format_plan(*plan));
        if (plan) plans.push_back(std::move(*plan));
    }
    if (!table && !plans.empty()) {
        const Json shown = plans.size() == 1 ? plans.front() : make_list(std::move(plans));
        fmt::print("{}", format_object(shown, options.output));
    }
    return code;
}

}  // namespace

Action define_plan(CLI::App& app) {
    const auto options = std::make_shared<PlanOptions>();
    add_manifest_options(app, options->manifests);
    add_output_option(app, options->output, false);
    add_connection_options(app, options->connection);
    return [options] { return plan_all(*options); };
}

}  // namespace picket::cli
