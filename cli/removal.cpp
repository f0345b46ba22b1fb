#include "cli/removal.hpp"

#include "cli/deadline.hpp"
#include "cli/duration.hpp"
#include "cli/json_path.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

std::string propagation_policy(const std::string& cascade) {
    if (cascade == "orphan" || cascade == "false") return "Orphan";
    if (cascade == "foreground") return "Foreground";
    return "Background";
}

std::optional<int> grace_of(const RemovalOptions& options) {
    if (options.now && options.grace_seconds)
        throw UsageError("--now and --grace-period cannot be given together");
    if (options.now) return 1;
    if (options.force && !options.grace_seconds) return 0;
    return options.grace_seconds;
}

// The answer is the object where it lives on for a while, otherwise a Status whose details name it.
std::string uid_of_answer(const Json& answer) {
    const std::string uid = string_at(answer, "/metadata/uid");
    return uid.empty() ? string_at(answer, "/details/uid") : uid;
}

}  // namespace

void add_removal_options(CLI::App& app, RemovalOptions& options) {
    app.add_option(
           "--cascade",
           options.cascade,
           "what becomes of dependents: background (default), foreground or orphan")
        ->check(
            CLI::IsMember({"background", "foreground", "orphan", "true", "false"}).description(""))
        ->type_name("HOW");
    app.add_option("--grace-period", options.grace_seconds, "seconds a pod may take to stop")
        ->check(CLI::NonNegativeNumber)
        ->type_name("SECONDS");
    app.add_flag(
        "--force", options.force, "remove at once, without waiting for the host to confirm");
    app.add_flag("--now", options.now, "as --grace-period=1");
    app.add_flag(
        "--wait,!--no-wait",
        options.wait,
        "wait until the objects are gone (default; --wait=false does not)");
    add_duration_option(
        app, "--timeout", options.timeout, "longest wait; by default as long as it takes");
    app.add_option_function<std::string>(
           "--dry-run",
           [&options](const std::string& where) {
               options.dry_run = where == "server" ? DryRun::Server : DryRun::None;
           },
           "server: checked by the server, nothing is deleted")
        ->check(CLI::IsMember({"none", "server"}).description(""))
        ->type_name("WHERE");
}

Json delete_options_body(const RemovalOptions& options) {
    Json body = {{"propagationPolicy", propagation_policy(options.cascade)}};
    if (const auto grace = grace_of(options)) body["gracePeriodSeconds"] = *grace;
    if (options.dry_run == DryRun::Server) body["dryRun"] = {"All"};
    return body;
}

std::string_view removal_word(const RemovalOptions& options) {
    if (options.dry_run == DryRun::Server) return "deleted (server dry run)";
    return options.force ? "force deleted" : "deleted";
}

Result<Removal> start_removal(
    Session& session, const client::Target& target, const RemovalOptions& options) {
    auto answer = session.remove(target, delete_options_body(options));
    if (!answer) return answer.error();
    return Removal{target, uid_of_answer(*answer)};
}

Result<void> await_removal(
    Session& session, const Removal& removal, const RemovalOptions& options) {
    if (!options.wait || options.dry_run == DryRun::Server) return Ok();
    Deadline deadline(options.timeout);
    while (true) {
        auto object = session.get(removal.target);
        if (!object && object.error().reason == Reason::NotFound) return Ok();
        if (!object) return object.error();
        if (string_at(*object, "/metadata/uid") != removal.uid) return Ok();
        if (deadline.passed())
            return Error{
                .reason = Reason::Timeout,
                .message = fmt::format(
                    "{} \"{}\" is still there; it is being deleted, waiting ended by --timeout",
                    removal.target.plural,
                    removal.target.name)};
        session.pause(deadline.next_pause());
    }
}

}  // namespace picket::cli
