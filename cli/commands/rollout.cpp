#include "cli/commands/commands.hpp"
#include "cli/deadline.hpp"
#include "cli/duration.hpp"
#include "cli/json_path.hpp"
#include "cli/resource_args.hpp"
#include "cli/revisions.hpp"
#include "cli/rollout_status.hpp"
#include "cli/session.hpp"
#include "cli/write_options.hpp"
#include "common/base/clock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

constexpr const char* kStrategicMerge = "application/strategic-merge-patch+json";

struct RolloutOptions {
    ConnectionOptions connection;
    WriteOptions write;
    std::vector<std::string> what;
    std::chrono::milliseconds timeout{0};
    bool watch = true;
    std::int64_t revision = 0;
};

/// The DaemonSet that the arguments name, and a session to work on it.
struct Rollout {
    std::unique_ptr<Session> session;
    client::Target target;
    Json set;
};

Result<Rollout> open_rollout(const RolloutOptions& options) {
    auto arguments = parse_resource_args(options.what);
    if (!arguments) return arguments.error();
    if (arguments->size() != 1 || arguments->front().name.empty())
        throw UsageError("name one DaemonSet: ds/NAME");
    if (arguments->front().resource->plural != "daemonsets")
        throw UsageError("only DaemonSets have rollouts");
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    client::Target target = target_of(arguments->front(), (*session)->namespace_name());
    auto set = (*session)->get(target);
    if (!set) return set.error();
    return Rollout{std::move(*session), std::move(target), std::move(*set)};
}

Result<int> status(const RolloutOptions& options) {
    auto rollout = open_rollout(options);
    if (!rollout) return rollout.error();
    Deadline deadline(options.timeout);
    std::string shown;
    while (true) {
        const RolloutStatus now = rollout_status(rollout->set);
        if (now.message != shown) fmt::print("{}\n", now.message);
        std::fflush(stdout);
        shown = now.message;
        if (now.done || !options.watch) return kDone;
        if (deadline.passed())
            return Error{
                .reason = Reason::Timeout,
                .message = "the rollout is not complete; waiting ended by --timeout"};
        rollout->session->pause(deadline.next_pause());
        auto set = rollout->session->get(rollout->target);
        if (!set) return set.error();
        rollout->set = std::move(*set);
    }
}

Result<std::vector<Json>> fetch_revisions(Rollout& rollout) {
    auto list = rollout.session->get(
        {.group_version = "apps/v1",
         .plural = "controllerrevisions",
         .namespace_name = rollout.target.namespace_name});
    if (!list) return list.error();
    return revisions_of(rollout.set, list_at(*list, "/items"));
}

Result<int> history(const RolloutOptions& options) {
    auto rollout = open_rollout(options);
    if (!rollout) return rollout.error();
    auto revisions = fetch_revisions(*rollout);
    if (!revisions) return revisions.error();
    fmt::print("{}", format_history(*revisions));
    return kDone;
}

Result<int> undo(const RolloutOptions& options) {
    auto rollout = open_rollout(options);
    if (!rollout) return rollout.error();
    auto revisions = fetch_revisions(*rollout);
    if (!revisions) return revisions.error();
    auto revision = revision_to_return_to(*revisions, options.revision);
    if (!revision) return revision.error();
    auto patched = rollout->session->patch(
        rollout->target,
        revision->at("data"),
        {.query = write_query(options.write.dry_run, "picket-rollout"),
         .content_type = kStrategicMerge});
    if (!patched) return patched.error();
    print_written(*patched, "rolled back", options.write);
    return kDone;
}

Result<int> restart(const RolloutOptions& options) {
    auto rollout = open_rollout(options);
    if (!rollout) return rollout.error();
    const Json annotations = {
        {"kubectl.kubernetes.io/restartedAt", format_time(SystemClock().now())}};
    auto patched = rollout->session->patch(
        rollout->target,
        {{"spec", {{"template", {{"metadata", {{"annotations", annotations}}}}}}}},
        {.query = write_query(options.write.dry_run, "picket-rollout"),
         .content_type = kStrategicMerge});
    if (!patched) return patched.error();
    print_written(*patched, "restarted", options.write);
    return kDone;
}

}  // namespace

Action define_rollout(CLI::App& app) {
    const auto options = std::make_shared<RolloutOptions>();
    app.require_subcommand(1);
    CLI::App* show = app.add_subcommand("status", "Follow a rollout to its end");
    show->add_flag(
        "-w,--watch,!--no-watch",
        options->watch,
        "wait for the end (default; --watch=false does not)");
    add_duration_option(
        *show, "--timeout", options->timeout, "longest wait; by default as long as it takes");
    CLI::App* list = app.add_subcommand("history", "Show the revisions");
    CLI::App* back = app.add_subcommand("undo", "Return to an earlier revision");
    back->add_option("--to-revision", options->revision, "the revision; the last one by default")
        ->type_name("NUMBER");
    CLI::App* again = app.add_subcommand("restart", "Make new pods from the same template");
    for (CLI::App* sub : {back, again}) add_write_options(*sub, options->write);
    for (CLI::App* sub : {show, list, back, again}) {
        sub->add_option("what", options->what, "ds/NAME")->required();
        add_connection_options(*sub, options->connection);
    }
    return [=] {
        if (show->parsed()) return status(*options);
        if (list->parsed()) return history(*options);
        return back->parsed() ? undo(*options) : restart(*options);
    };
}

}  // namespace picket::cli
