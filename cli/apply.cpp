#include "cli/apply.hpp"

#include "cli/json_path.hpp"
#include "cli/resource_args.hpp"
#include "cli/three_way_merge.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

constexpr const char* kAnnotation = "kubectl.kubernetes.io/last-applied-configuration";
constexpr int kAttempts = 5;
constexpr const char* kFieldManager = "kubectl-client-side-apply";
constexpr const char* kApplyType = "application/apply-patch+yaml";

Result<Applied> create_applied(
    Session& session, const client::Target& target, const Json& wanted, DryRun dry_run) {
    client::Target collection = target;
    collection.name.clear();
    auto created =
        session.create(collection, wanted, {.query = write_query(dry_run, kFieldManager)});
    if (!created) return created.error();
    return Applied{ApplyOutcome::Created, std::move(*created)};
}

void warn_of_foreign_object(const Json& live) {
    fmt::print(
        stderr,
        "Warning: {} was not made by apply: what it holds beyond the file stays, and the file is "
        "remembered from now on\n",
        display_name_of(live));
}

Result<Applied> patch_applied(
    Session& session,
    const client::Target& target,
    const Json& wanted,
    const Json& live,
    DryRun dry_run) {
    const schema::Type* type = schema::find_kind(target.group_version, string_at(live, "/kind"));
    const Json patch = three_way_patch(type, last_applied_of(live), wanted, live);
    if (patch.empty()) return Applied{ApplyOutcome::Unchanged, live};
    if (last_applied_of(live).is_null()) warn_of_foreign_object(live);
    auto patched = session.patch(
        target,
        patch,
        {.query = write_query(dry_run, kFieldManager),
         .content_type = "application/strategic-merge-patch+json"});
    if (!patched) return patched.error();
    return Applied{ApplyOutcome::Configured, std::move(*patched)};
}

Result<Applied> apply_once(
    Session& session, const client::Target& target, const Json& wanted, DryRun dry_run) {
    auto live = session.get(target);
    if (live) return patch_applied(session, target, wanted, *live, dry_run);
    if (live.error().reason != Reason::NotFound) return live.error();
    return create_applied(session, target, wanted, dry_run);
}

/// Byte for byte as kubectl writes it, so that neither of the two sees a change where the other
/// wrote: compact, sorted keys, a newline, and the escapes of Go's encoder.
std::string as_kubectl_writes(const Json& object) {
    std::string text;
    for (const char c : object.dump()) {
        switch (c) {
            case '<':
                text += "\\u003c";
                break;
            case '>':
                text += "\\u003e";
                break;
            case '&':
                text += "\\u0026";
                break;
            default:
                text += c;
        }
    }
    return text + "\n";
}

// Another writer was faster: between our read and our write the object changed, or came to be.
bool is_worth_another_try(const Error& error) {
    return error.reason == Reason::Conflict || error.reason == Reason::AlreadyExists;
}

/// Where the object goes. The manifest gets the namespace it goes to.
Result<client::Target> target_to_apply(Session& session, Json& wanted) {
    auto target = target_of_object(wanted, session.namespace_name());
    if (!target) return target;
    if (target->name.empty())
        return Error{
            .reason = Reason::BadRequest,
            .message = "apply needs metadata.name; generateName is for create"};
    if (!target->namespace_name.empty()) wanted["metadata"]["namespace"] = target->namespace_name;
    return target;
}

/// An object that client-side apply made keeps its annotation, with the new manifest in it: else
/// the next client-side apply would take away what it does not know.
Result<Applied> remember_for_client_side(
    Session& session, const client::Target& target, const Json& wanted, DryRun dry_run) {
    const Json remembered = with_last_applied(wanted);
    const Json annotation = {
        {"apiVersion", wanted["apiVersion"]},
        {"kind", wanted["kind"]},
        {"metadata",
         {{"name", target.name},
          {"annotations", {{kAnnotation, remembered["metadata"]["annotations"][kAnnotation]}}}}}};
    auto patched = session.patch(
        target,
        annotation,
        {.query = write_query(dry_run, "kubectl-last-applied"), .content_type = kApplyType});
    if (!patched) return patched.error();
    return Applied{ApplyOutcome::ServerSide, std::move(*patched)};
}

}  // namespace

std::string_view outcome_word(ApplyOutcome outcome) {
    switch (outcome) {
        case ApplyOutcome::Created:
            return "created";
        case ApplyOutcome::Configured:
            return "configured";
        case ApplyOutcome::Unchanged:
            return "unchanged";
        case ApplyOutcome::ServerSide:
            return "serverside-applied";
    }
    return "";
}

Json with_last_applied(Json wanted) {
    Json& annotations = wanted["metadata"]["annotations"];
    if (annotations.is_object()) annotations.erase(kAnnotation);
    if (!annotations.is_object()) annotations = Json::object();
    // The present annotations are a part of what is remembered; an empty map too, as kubectl writes
    // it.
    const std::string remembered = as_kubectl_writes(wanted);
    wanted["metadata"]["annotations"][kAnnotation] = remembered;
    return wanted;
}

Json last_applied_of(const Json& live) {
    const Json& annotations = at_path(live, "/metadata/annotations");
    if (!annotations.is_object() || !annotations.contains(kAnnotation)) return nullptr;
    const Json& text = annotations[kAnnotation];
    Json parsed = text.is_string() ? Json::parse(text.get<std::string>(), nullptr, false) : Json();
    return parsed.is_object() ? parsed : Json();
}

Result<Applied> apply(Session& session, Json wanted, DryRun dry_run) {
    const auto target = target_to_apply(session, wanted);
    if (!target) return target.error();
    wanted = with_last_applied(std::move(wanted));
    for (int attempt = 1;; ++attempt) {
        auto applied = apply_once(session, *target, wanted, dry_run);
        if (applied || attempt == kAttempts || !is_worth_another_try(applied.error()))
            return applied;
    }
}

Result<Applied> apply_server_side(
    Session& session, Json wanted, const ServerSideOptions& options, DryRun dry_run) {
    const auto target = target_to_apply(session, wanted);
    if (!target) return target.error();
    if (dry_run == DryRun::Client)
        return Error{
            .reason = Reason::BadRequest,
            .message = "--dry-run=client cannot go with --server-side; try --dry-run=server"};
    auto query = write_query(dry_run, options.field_manager);
    query.emplace_back("force", options.force_conflicts ? "true" : "false");
    auto applied =
        session.patch(*target, wanted, {.query = std::move(query), .content_type = kApplyType});
    if (!applied) return applied.error();
    if (last_applied_of(*applied).is_null()) {
        return Applied{ApplyOutcome::ServerSide, std::move(*applied)};
    }
    return remember_for_client_side(session, *target, wanted, dry_run);
}

}  // namespace picket::cli
