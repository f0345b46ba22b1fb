#include "apiserver/routes/daemonset_routes.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/daemonset_survey.hpp"
#include "apiserver/routes/plan_warnings.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/write_plan.hpp"
#include "common/api/pod_trouble.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"
#include "common/daemonset/host_state.hpp"
#include "common/daemonset/preview.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace picket::apiserver {
namespace {

using daemonset::HostPreview;
using daemonset::HostReport;

/// Placement and plan are views of the one stored kind.
const Resource& daemon_sets() {
    static const auto& resource = *find_resource("apps/v1", "daemonsets");
    return resource;
}

storage::ObjectKey key_of(const Call& call) {
    return {daemon_sets().qualified_name(), call.info.namespace_name, call.info.name};
}

Json metadata_of(const Call& call, const DaemonSet& set) {
    Json metadata{
        {"name", set.meta.name},
        {"namespace", set.meta.namespace_name},
        {"resourceVersion", std::to_string(call.services.store.revision())}};
    if (!set.meta.uid.empty()) metadata["uid"] = set.meta.uid;
    return metadata;
}

/// In the containers' words, where a pod is in trouble or has been refused.
void add_words_of_the_pod(const Json& status, Json& host) {
    auto text = host.value("evidence", "");
    const auto add = [&](const std::string& more) {
        if (!more.empty()) text.append(text.empty() ? "" : ": ").append(more);
    };
    const auto trouble = find_trouble(status);
    if (trouble.trouble != PodTrouble::None) {
        add(fmt::format("container {}: {}", trouble.container, trouble.reason));
        add(trouble.message);
        if (trouble.since) host["since"] = format_time(*trouble.since);
    } else if (json_read::text(status, "phase") == "Failed") {
        add(json_read::text(status, "message"));
    } else if (const auto* ready = json_read::condition(status, "Ready");
               ready != nullptr && host["state"] == "NotReady") {
        add(json_read::text(*ready, "message"));
    }
    if (!text.empty()) host["evidence"] = text;
}

Json host_of(const HostReport& report, const std::map<std::string, Json>& statuses) {
    const auto& counts = report.counts;
    Json host{
        {"node", report.node},
        {"state", daemonset::host_state_name(report.state)},
        {"desired", counts.desired_number_scheduled == 1},
        {"scheduled", counts.current_number_scheduled == 1},
        {"misscheduled", counts.number_misscheduled == 1},
        {"ready", counts.number_ready == 1},
        {"available", counts.number_available == 1},
        {"updated", counts.updated_number_scheduled == 1}};
    if (report.since) host["since"] = format_time(*report.since);
    if (!report.evidence.empty()) host["evidence"] = report.evidence;
    if (report.set_aside) host["setAside"] = true;
    if (!report.pod) return host;
    host["pod"] = report.pod->meta.name;
    host["template"] = report.updated ? "current" : "older";
    if (const auto status = statuses.find(report.pod->meta.uid); status != statuses.end())
        add_words_of_the_pod(status->second, host);
    return host;
}

template <class Entry, class Name>
Json counted(const std::vector<Entry>& entries, Name name) {
    std::map<std::string, std::int64_t> counts;
    for (const auto& entry : entries) ++counts[std::string(name(entry))];
    return counts;
}

/// As the controller would write them now.
Json counters_of(const daemonset::StatusInput& input) {
    auto counters = daemonset::status_patch(daemonset::count_status(input).status)["status"];
    for (auto member = counters.begin(); member != counters.end();)
        member = member->is_null() ? counters.erase(member) : std::next(member);
    return counters;
}

/// The counters are of all nodes, so an answer about one has none.
Json placement_document(const Call& call, const DaemonSetSurvey& survey, bool all_nodes) {
    const daemonset::StatusInput input{survey.set, survey.revision, survey.situations, call.now};
    const auto reports = daemonset::report_hosts(input);
    auto hosts = Json::array();
    for (const auto& report : reports) hosts.push_back(host_of(report, survey.statuses));
    Json document{
        {"apiVersion", "picket.dev/v1"},
        {"kind", "Placement"},
        {"metadata", metadata_of(call, survey.set)},
        {"revision", survey.revision.hash},
        {"states",
         counted(reports, [](const auto& each) { return daemonset::host_state_name(each.state); })},
        {"hosts", std::move(hosts)}};
    if (all_nodes) document["status"] = counters_of(input);
    return document;
}

// ---- plan ----

struct PlannedSet {
    Json object;
    std::string_view operation;
};

/// The set as it would be stored: through the same rules as a write.
Result<PlannedSet> planned_set(const Call& call, Json body) {
    const auto& resource = daemon_sets();
    auto version = registry::text_at(body, {"apiVersion"});
    if (version.empty()) version = "apps/v1";
    if (std::ranges::find(resource.group_versions, version) == resource.group_versions.end())
        return bad_request(fmt::format("a plan takes a DaemonSet, not {}", version));
    const ObjectIdentity identity{resource, version, call.info.namespace_name, call.info.name};
    const registry::RequestContext context{version, call.user.name, call.now};
    const auto options = parse_write_options(call.url);
    if (!options) return options.error();
    auto draft = draft_object(identity, {std::move(body), {}}, *options, context);
    if (!draft) return draft.error();
    const auto current = call.services.store.get(key_of(call));
    if (!current) {
        auto made = plan_create(resource, std::move(*draft), call.services.random, context);
        if (!made) return made.error();
        // A uid of its own would only hide that no object has it.
        (*made)["metadata"].erase("uid");
        return PlannedSet{std::move(*made), "create"};
    }
    auto plan = plan_update(
        resource, parse_json(*current->bytes), std::move(*draft), UpdateScope::Main, context);
    if (!plan) return plan.error();
    return PlannedSet{
        std::move(plan->object), plan->action == WritePlan::Action::Keep ? "none" : "update"};
}

Json host_of(const HostPreview& preview) {
    Json host{{"node", preview.node}, {"action", daemonset::host_action_name(preview.action)}};
    if (preview.wave > 0) host["wave"] = preview.wave;
    if (!preview.reason.empty()) host["reason"] = preview.reason;
    if (preview.pod) host["pod"] = preview.pod->meta.name;
    return host;
}

Json plan_document(const Call& call, const PlannedSet& planned) {
    const auto survey = survey_daemonset(call.services.store, planned.object);
    const auto previews =
        daemonset::preview_daemonset({survey.set, survey.revision, survey.situations, call.now});
    auto hosts = Json::array();
    std::int64_t waves = 0;
    for (const auto& preview : previews) {
        hosts.push_back(host_of(preview));
        waves = std::max(waves, preview.wave);
    }
    return {
        {"apiVersion", "picket.dev/v1"},
        {"kind", "Plan"},
        {"metadata", metadata_of(call, survey.set)},
        {"operation", planned.operation},
        {"waves", waves},
        {"actions",
         counted(
             previews, [](const auto& each) { return daemonset::host_action_name(each.action); })},
        {"warnings", warnings_of_plan(call.services.store, planned.object, survey, previews)},
        {"hosts", std::move(hosts)}};
}

}  // namespace

Awaitable<Result<http::Response>> get_placement(Call call) {
    const auto stored = call.services.store.get(key_of(call));
    if (!stored) co_return not_found_error(daemon_sets().qualified_name(), call.info.name);
    const std::string node(call.url.parameter("node").value_or(std::string_view()));
    if (!node.empty() && !call.services.store.get({"nodes", "", node}))
        co_return not_found_error("nodes", node);
    const auto survey = survey_daemonset(call.services.store, parse_json(*stored->bytes), node);
    co_return json_response(200, placement_document(call, survey, node.empty()));
}

Awaitable<Result<http::Response>> plan_daemon_set(Call call) {
    auto body = object_body_of_call(call);
    if (!body) co_return body.error();
    const auto planned = planned_set(call, std::move(*body));
    if (!planned) co_return planned.error();
    co_return json_response(200, plan_document(call, *planned));
}

}  // namespace picket::apiserver
