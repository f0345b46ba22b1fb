#include "apiserver/routes/write_plan.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/registry/object_meta.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

using registry::Propagation;
using registry::RequestContext;
using registry::Strategy;

constexpr const char* kForegroundFinalizer = "foregroundDeletion";
constexpr const char* kOrphanFinalizer = "orphan";

void append(std::vector<FieldError>& errors, std::vector<FieldError> more) {
    errors.insert(
        errors.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

Result<void> all_valid(
    const Resource& resource, const Json& object, std::vector<FieldError> errors) {
    if (errors.empty()) return Ok();
    return invalid_error(
        resource.group(),
        resource.kind,
        registry::text_at(object, {"metadata", "name"}),
        std::move(errors));
}

Result<void> check_precondition(
    const Resource& resource,
    const Json& old,
    const char* field,
    std::string_view shown,
    std::string_view wanted) {
    const auto present = registry::text_at(old, {"metadata", field});
    if (wanted.empty() || wanted == present) return Ok();
    return conflict_error(
        resource.qualified_name(),
        registry::text_at(old, {"metadata", "name"}),
        fmt::format(
            "Precondition failed: {0} in precondition: {1}, {0} in object meta: {2}",
            shown,
            wanted,
            present));
}

Result<void> check_versions(const Resource& resource, const Json& old, const Json& wanted) {
    const auto version = registry::text_at(wanted, {"metadata", "resourceVersion"});
    if (!version.empty() && version != "0" &&
        version != registry::text_at(old, {"metadata", "resourceVersion"})) {
        return conflict_error(
            resource.qualified_name(), registry::text_at(old, {"metadata", "name"}));
    }
    return check_precondition(
        resource, old, "uid", "UID", registry::text_at(wanted, {"metadata", "uid"}));
}

bool is_empty_list(const Json& value) {
    return !value.is_array() || value.empty();
}

/// A finished pod or a node agent's confirmed one has grace 0 or none.
bool waits_for_nothing(const Json& object) {
    const auto& grace = registry::at(object, {"metadata", "deletionGracePeriodSeconds"});
    return is_empty_list(registry::at(object, {"metadata", "finalizers"})) &&
           is_empty_list(registry::at(object, {"spec", "finalizers"})) &&
           (!grace.is_number() || grace == 0);
}

bool is_being_deleted(const Json& object) {
    return !registry::text_at(object, {"metadata", "deletionTimestamp"}).empty();
}

void update_main(
    const Strategy& strategy,
    const Resource& resource,
    const Json& old,
    const RequestContext& context,
    Draft& draft) {
    strategy.prepare_for_update(draft.object, old, context);
    append(draft.errors, registry::validate_meta(resource, draft.object));
    append(draft.errors, registry::validate_meta_update(resource, draft.object, old));
    append(draft.errors, strategy.validate(draft.object, context));
    append(draft.errors, strategy.validate_update(draft.object, old, context));
}

void update_status(
    const Strategy& strategy,
    const Resource& resource,
    const Json& old,
    const RequestContext& context,
    Draft& draft) {
    strategy.prepare_for_status_update(draft.object, old, context);
    // What is outside the status is put back, so it does not matter what the client wrote there.
    std::erase_if(draft.errors, [](const FieldError& error) {
        return error.field != "status" && !error.field.starts_with("status.");
    });
    append(draft.errors, registry::validate_meta_update(resource, draft.object, old));
    append(draft.errors, strategy.validate_status_update(draft.object, old, context));
}

// ---- delete ----

/// The propagation that holds: what the request says, else what the object's finalizers say, else
/// the kind's default.
Propagation effective_propagation(
    const Strategy& strategy,
    const Json& finalizers,
    const DeleteOptions& options,
    const RequestContext& context) {
    if (options.propagation) return *options.propagation;
    for (const auto& finalizer : finalizers) {
        if (finalizer == kOrphanFinalizer) return Propagation::Orphan;
        if (finalizer == kForegroundFinalizer) return Propagation::Foreground;
    }
    return strategy.default_propagation(context.group_version);
}

void set_propagation(Json& finalizers, Propagation propagation) {
    std::erase_if(finalizers.get_ref<Json::array_t&>(), [](const Json& finalizer) {
        return finalizer == kOrphanFinalizer || finalizer == kForegroundFinalizer;
    });
    if (propagation == Propagation::Orphan) finalizers.push_back(kOrphanFinalizer);
    if (propagation == Propagation::Foreground) finalizers.push_back(kForegroundFinalizer);
}

void apply_propagation(
    const Resource& resource,
    const DeleteOptions& options,
    const RequestContext& context,
    Json& object) {
    auto finalizers = registry::at(object, {"metadata", "finalizers"});
    if (!finalizers.is_array()) finalizers = Json::array();
    const auto& strategy = registry::strategy_for(resource);
    set_propagation(finalizers, effective_propagation(strategy, finalizers, options, context));
    if (finalizers.empty()) {
        object["metadata"].erase("finalizers");
    } else {
        object["metadata"]["finalizers"] = std::move(finalizers);
    }
}

void count_generation(Json& metadata) {
    const auto generation = metadata.value("generation", std::int64_t{0});
    if (generation > 0) metadata["generation"] = generation + 1;
}

void mark_deleted(Json& object, std::int64_t grace, TimePoint now) {
    auto& metadata = object["metadata"];
    metadata["deletionTimestamp"] = format_time(now + std::chrono::seconds(grace));
    metadata["deletionGracePeriodSeconds"] = grace;
    count_generation(metadata);
}

/// A second delete can only shorten what is left.
void shorten_grace(Json& object, std::int64_t grace, TimePoint now) {
    auto& metadata = object["metadata"];
    const auto present = metadata.value("deletionGracePeriodSeconds", std::int64_t{0});
    if (grace >= present) return;
    metadata["deletionGracePeriodSeconds"] = grace;
    metadata["deletionTimestamp"] = format_time(now + std::chrono::seconds(grace));
}

void mark_terminating(const Resource& resource, Json& object) {
    if (resource.kind == "Namespace") object["status"]["phase"] = "Terminating";
}

Result<void> check_delete_preconditions(
    const Resource& resource, const Json& old, const DeleteOptions& options) {
    auto uid = check_precondition(resource, old, "uid", "UID", options.precondition_uid);
    if (!uid) return uid;
    return check_precondition(
        resource, old, "resourceVersion", "ResourceVersion", options.precondition_resource_version);
}

/// A dry run of a create is the only write without a version.
void set_version(Json& metadata, storage::Revision revision) {
    if (revision == 0) {
        metadata.erase("resourceVersion");
    } else {
        metadata["resourceVersion"] = std::to_string(revision);
    }
}

Error too_large(const Resource& resource, const Json& object) {
    return {
        Reason::RequestEntityTooLarge,
        fmt::format(
            "{} \"{}\" is too large: an object may have {} bytes",
            resource.qualified_name(),
            registry::text_at(object, {"metadata", "name"}),
            kMaxObjectBytes)};
}

}  // namespace

Result<Json> plan_create(
    const Resource& resource, Draft draft, Random& random, const RequestContext& context) {
    const auto& strategy = registry::strategy_for(resource);
    registry::fill_meta_for_create(draft.object, random, context);
    strategy.prepare_for_create(draft.object, context);
    append(draft.errors, registry::validate_meta(resource, draft.object));
    append(draft.errors, strategy.validate(draft.object, context));
    const auto valid = all_valid(resource, draft.object, std::move(draft.errors));
    if (!valid) return valid.error();
    return std::move(draft.object);
}

Result<WritePlan> plan_update(
    const Resource& resource,
    const Json& old,
    Draft draft,
    UpdateScope scope,
    const RequestContext& context) {
    const auto versions = check_versions(resource, old, draft.object);
    if (!versions) return versions.error();
    const auto& strategy = registry::strategy_for(resource);
    registry::restore_meta_for_update(draft.object, old);
    const auto update = scope == UpdateScope::Status ? update_status : update_main;
    update(strategy, resource, old, context, draft);
    const auto valid = all_valid(resource, draft.object, std::move(draft.errors));
    if (!valid) return valid.error();
    auto plan = settle(old, std::move(draft.object));
    plan.volatile_write =
        plan.action == WritePlan::Action::Put && strategy.volatile_update(plan.object, old);
    return plan;
}

Result<WritePlan> plan_delete(
    const Resource& resource,
    const Json& old,
    const DeleteOptions& options,
    const RequestContext& context) {
    const auto preconditions = check_delete_preconditions(resource, old, options);
    if (!preconditions) return preconditions.error();
    Json object = old;
    apply_propagation(resource, options, context, object);
    const auto grace = registry::strategy_for(resource).grace_seconds(
        object, options.grace_period_seconds, context);
    if (is_being_deleted(old)) {
        shorten_grace(object, grace, context.now);
    } else {
        mark_deleted(object, grace, context.now);
        mark_terminating(resource, object);
    }
    auto plan = settle(old, std::move(object));
    // What vanishes at once was never seen to be on its way out.
    if (plan.action == WritePlan::Action::Remove && !is_being_deleted(old)) plan.object = old;
    return plan;
}

WritePlan settle(const Json& old, Json object) {
    const auto& version = registry::at(old, {"metadata", "resourceVersion"});
    if (version.is_string()) object["metadata"]["resourceVersion"] = version;
    if (is_being_deleted(object) && waits_for_nothing(object)) {
        return {WritePlan::Action::Remove, std::move(object)};
    }
    if (object == old) return {WritePlan::Action::Keep, std::move(object)};
    return {WritePlan::Action::Put, std::move(object)};
}

Result<storage::Outcome> encode_plan(
    const Resource& resource, WritePlan plan, storage::Revision next) {
    if (plan.action == WritePlan::Action::Keep) return storage::Outcome(storage::Keep{});
    set_version(plan.object["metadata"], next);
    auto bytes = format_json(plan.object);
    if (plan.action == WritePlan::Action::Remove) {
        return storage::Outcome(storage::Remove{std::move(bytes)});
    }
    if (bytes.size() > kMaxObjectBytes) return too_large(resource, plan.object);
    return storage::Outcome(storage::Put{
        std::move(bytes), registry::attributes_of(resource, plan.object), plan.volatile_write});
}

}  // namespace picket::apiserver
