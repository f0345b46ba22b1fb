#include "cli/commands/commands.hpp"
#include "cli/cordon.hpp"
#include "cli/deadline.hpp"
#include "cli/drain_plan.hpp"
#include "cli/duration.hpp"
#include "cli/json_path.hpp"
#include "cli/pod_argument.hpp"
#include "cli/selection.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

constexpr std::chrono::seconds kRetryRefused{5};

struct DrainOptions {
    ConnectionOptions connection;
    DrainRules rules;
    std::vector<std::string> nodes;
    std::string pod_selector;
    int grace_seconds = -1;  ///< negative: each pod's own
    std::chrono::milliseconds timeout{0};
    bool delete_instead = false;
    DryRun dry_run = DryRun::None;
};

Json eviction_of(const Json& pod, const DrainOptions& options) {
    Json wanted{{"preconditions", {{"uid", string_at(pod, "/metadata/uid")}}}};
    if (options.grace_seconds >= 0) wanted["gracePeriodSeconds"] = options.grace_seconds;
    if (options.dry_run == DryRun::Server) wanted["dryRun"] = {"All"};
    if (options.delete_instead) return wanted;
    return {
        {"apiVersion", "policy/v1"},
        {"kind", "Eviction"},
        {"metadata",
         {{"name", string_at(pod, "/metadata/name")},
          {"namespace", string_at(pod, "/metadata/namespace")}}},
        {"deleteOptions", std::move(wanted)}};
}

Error too_slow(const Json& pod) {
    return Error{
        .reason = Reason::Timeout,
        .message = fmt::format(
            "pod {}/{} is still there when --timeout ends",
            string_at(pod, "/metadata/namespace"),
            string_at(pod, "/metadata/name"))};
}

Result<Json> ask_to_leave(Session& session, const Json& pod, const DrainOptions& options) {
    const auto wish = eviction_of(pod, options);
    if (options.delete_instead) return session.remove(pod_target(pod, {}), wish);
    return session.create(pod_target(pod, "eviction"), wish);
}

/// Asks each pod to leave, and returns those that a disruption budget keeps for now. A pod that is
/// gone or was made anew needs nothing.
Result<std::vector<Json>> evict(
    Session& session, const std::vector<Json>& pods, const DrainOptions& options) {
    std::vector<Json> refused;
    for (const Json& pod : pods) {
        const auto name = string_at(pod, "/metadata/name");
        fmt::print("evicting pod {}/{}\n", string_at(pod, "/metadata/namespace"), name);
        const auto answer = ask_to_leave(session, pod, options);
        if (answer) continue;
        const auto& error = answer.error();
        if (error.reason == Reason::NotFound || error.reason == Reason::Conflict) continue;
        if (error.reason != Reason::TooManyRequests) return error;
        fmt::print(
            stderr,
            "error when evicting pod \"{}\" (will retry after {}s): {}\n",
            name,
            kRetryRefused.count(),
            error.message);
        refused.push_back(pod);
    }
    return refused;
}

/// Pods that are refused keep no other one back: they are asked again until the deadline.
Result<void> evict_all(
    Session& session, std::vector<Json> pods, const DrainOptions& options, Deadline& deadline) {
    while (true) {
        auto refused = evict(session, pods, options);
        if (!refused) return refused.error();
        if (refused->empty()) return Ok();
        if (deadline.passed()) {
            return Error{
                Reason::Timeout,
                fmt::format(
                    "{} pods could not be evicted in time: disruption budgets keep them",
                    refused->size())};
        }
        session.pause(kRetryRefused);
        pods = std::move(*refused);
    }
}

Result<void> await_gone(Session& session, const Json& pod, Deadline& deadline) {
    while (true) {
        const auto object = session.get(pod_target(pod, {}));
        if (!object && object.error().reason == Reason::NotFound) return Ok();
        if (!object) return object.error();
        if (string_at(*object, "/metadata/uid") != string_at(pod, "/metadata/uid")) return Ok();
        if (deadline.passed()) return too_slow(pod);
        session.pause(deadline.next_pause());
    }
}

Result<void> move_away(
    Session& session, const std::vector<Json>& pods, const DrainOptions& options) {
    Deadline deadline(options.timeout);
    if (auto evicted = evict_all(session, pods, options, deadline); !evicted) return evicted;
    if (options.dry_run == DryRun::Server) return Ok();
    for (const Json& pod : pods) {
        if (auto gone = await_gone(session, pod, deadline); !gone) return gone;
        fmt::print("pod/{} evicted\n", string_at(pod, "/metadata/name"));
    }
    return Ok();
}

Result<void> drain_node(Session& session, const std::string& node, const DrainOptions& options) {
    auto cordoned = set_unschedulable(session, node, true, {.dry_run = options.dry_run});
    if (!cordoned) return cordoned.error();
    const SelectionOptions selection = {
        .all_namespaces = true, .labels = options.pod_selector, .fields = "spec.nodeName=" + node};
    const auto pods = fetch_objects(session, selection, {find_resource("v1", "pods"), "v1"});
    if (!pods) return pods.error();
    const auto plan = plan_drain(*pods, options.rules);
    for (const auto& warning : plan.warnings) fmt::print(stderr, "Warning: {}\n", warning);
    if (!plan.obstacles.empty()) {
        return Error{
            .reason = Reason::Conflict,
            .message =
                fmt::format("cannot drain node {}: {}", node, fmt::join(plan.obstacles, "; "))};
    }
    if (auto moved = move_away(session, plan.evict, options); !moved) return moved;
    fmt::print("node/{} drained\n", node);
    return Ok();
}

Result<int> drain(const DrainOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    for (const std::string& node : options.nodes) {
        if (auto drained = drain_node(**session, node, options); !drained) return drained.error();
    }
    return kDone;
}

void add_drain_rules(CLI::App& app, DrainRules& rules) {
    app.add_flag(
        "--ignore-daemonsets,!--no-ignore-daemonsets",
        rules.ignore_daemon_sets,
        "leave daemon pods where they are (default); --ignore-daemonsets=false refuses instead");
    app.add_flag("--force", rules.force, "also evict pods that nothing would make again");
    app.add_flag(
        "--delete-emptydir-data",
        rules.delete_empty_dir_data,
        "also evict pods with emptyDir volumes, whose content is lost");
}

}  // namespace

Action define_drain(CLI::App& app) {
    const auto options = std::make_shared<DrainOptions>();
    app.add_option("node", options->nodes, "names of nodes")->required();
    add_drain_rules(app, options->rules);
    app.add_option("--pod-selector", options->pod_selector, "only pods with these labels")
        ->type_name("SELECTOR");
    app.add_option(
           "--grace-period",
           options->grace_seconds,
           "seconds a pod may take to stop; negative (default): what the pod itself says")
        ->type_name("SECONDS");
    add_duration_option(
        app, "--timeout", options->timeout, "longest wait; by default as long as it takes");
    app.add_flag(
        "--disable-eviction",
        options->delete_instead,
        "delete the pods, past any disruption budget");
    app.add_option_function<std::string>(
           "--dry-run",
           [options](const std::string& where) {
               options->dry_run = where == "server" ? DryRun::Server : DryRun::None;
           },
           "server: checked by the server, nothing is evicted")
        ->check(CLI::IsMember({"none", "server"}).description(""))
        ->type_name("WHERE");
    add_connection_options(app, options->connection);
    return [options] { return drain(*options); };
}

}  // namespace picket::cli
