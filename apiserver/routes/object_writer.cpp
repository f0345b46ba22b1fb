#include "apiserver/routes/object_writer.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/field_manager.hpp"
#include "apiserver/routes/namespace_content.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"
#include "common/schema/schema.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

using storage::StoredPtr;
using storage::Written;

/// What the answer would be, without the store.
Result<Written> pretend(
    const storage::ObjectKey& key, const StoredPtr& current, const storage::Mutation& mutation) {
    const auto revision = current ? current->revision : 0;
    auto outcome = mutation(current, revision);
    if (!outcome) return outcome.error();
    if (std::holds_alternative<storage::Keep>(*outcome)) {
        return Written{current, Written::Change::None};
    }
    auto object = std::make_shared<storage::StoredObject>();
    object->key = key;
    object->revision = revision;
    if (auto* put = std::get_if<storage::Put>(&*outcome)) {
        object->bytes = http::bytes(std::move(put->bytes));
        const auto change = current ? Written::Change::Updated : Written::Change::Created;
        return Written{std::move(object), change};
    }
    object->bytes = http::bytes(std::move(std::get<storage::Remove>(*outcome).bytes));
    return Written{std::move(object), Written::Change::Removed};
}

/// Warnings about fields without effect, but only those that this update brings in.
void warn_of_new_stored_fields(
    const Resource& resource, const Json& old, std::vector<std::string> now, UpdateJob& job) {
    if (now.empty()) return;
    const auto* type = schema::find_kind(resource.group_versions.front(), resource.kind);
    const auto before =
        type != nullptr ? schema::check(*type, old).stored_only : std::vector<std::string>();
    for (auto& text : now) {
        if (std::ranges::find(before, text) == before.end())
            job.warnings.push_back(std::move(text));
    }
}

Result<storage::Outcome> decide_update(
    UpdateJob& job, const StoredPtr& current, storage::Revision next) {
    const auto& resource = job.identity.resource;
    if (!current) return not_found_error(resource.qualified_name(), job.identity.name);
    const auto old = parse_json(*current->bytes);
    auto made = job.source(old);
    if (!made) return made.error();
    auto draft = draft_object(job.identity, std::move(made->body), job.options, job.context);
    if (!draft) return draft.error();
    if (job.admit) {
        const auto admitted = job.admit(draft->object);
        if (!admitted) return admitted.error();
    }
    job.warnings = std::move(draft->warnings);
    if (job.scope == UpdateScope::Main) {
        warn_of_new_stored_fields(resource, old, std::move(draft->stored_only), job);
    }
    const ManagerUpdate managers{
        resource,
        job.writer,
        is_tracked(resource, job.user, old, job.scope),
        registry::at(draft->object, {"metadata", "managedFields"}),
        std::move(made->managers)};
    auto plan = plan_update(resource, old, std::move(*draft), job.scope, job.context);
    if (!plan) return plan.error();
    enter_update(managers, old, *plan);
    return encode_plan(resource, std::move(*plan), next);
}

Result<storage::Outcome> decide_create(
    const storage::Store& store,
    const Resource& resource,
    const storage::ObjectKey& key,
    Json object,
    const StoredPtr& current,
    storage::Revision next) {
    if (current) return already_exists_error(resource.qualified_name(), key.name);
    const auto accepts = check_namespace(store, resource, key.namespace_name, key.name);
    if (!accepts) return accepts.error();
    auto outcome = encode_plan(resource, {WritePlan::Action::Put, std::move(object)}, next);
    return outcome;
}

Error terminating(
    const Resource& resource, const std::string& namespace_name, const std::string& name) {
    Error error{
        Reason::Forbidden,
        fmt::format(
            "{} \"{}\" is forbidden: unable to create new content in namespace {} because it is "
            "being terminated",
            resource.qualified_name(),
            name,
            namespace_name)};
    error.name = name;
    error.group = resource.group();
    error.kind = resource.plural;
    error.causes.push_back(
        {CauseType::Other,
         "metadata.namespace",
         fmt::format("namespace {} is being terminated", namespace_name),
         "NamespaceTerminating"});
    return error;
}

bool is_removal(const Result<Written>& written) {
    return written && written->change == Written::Change::Removed;
}

}  // namespace

Awaitable<Result<Written>> write_object(
    Services& services, storage::ObjectKey key, storage::Mutation mutation, bool dry_run) {
    if (dry_run) {
        const auto current = services.store.get(key);
        co_return pretend(key, current, mutation);
    }
    auto written = co_await services.store.write(std::move(key), std::move(mutation));
    if (is_removal(written)) co_await refill_namespace(services, written->object->key);
    co_return written;
}

Awaitable<std::vector<Result<Written>>> write_objects(
    Services& services, std::vector<storage::WriteOrder> orders, bool dry_run) {
    std::vector<Result<Written>> results;
    if (dry_run) {
        for (const auto& order : orders)
            results.push_back(pretend(order.key, services.store.get(order.key), order.mutation));
        co_return results;
    }
    results = co_await services.store.write_all(std::move(orders));
    for (const auto& written : results) {
        if (is_removal(written)) co_await refill_namespace(services, written->object->key);
    }
    co_return results;
}

Awaitable<Result<Written>> write_new_object(
    Services& services, const Resource& resource, Json object, bool dry_run) {
    const storage::ObjectKey key{
        resource.qualified_name(),
        registry::text_at(object, {"metadata", "namespace"}),
        registry::text_at(object, {"metadata", "name"})};
    const auto* store = &services.store;
    // A mutation runs once, so it may give the document away.
    storage::Mutation mutation = [store, &resource, key, object = std::move(object)](
                                     const StoredPtr& current, storage::Revision next) mutable {
        return decide_create(*store, resource, key, std::move(object), current, next);
    };
    co_return co_await write_object(services, key, std::move(mutation), dry_run);
}

Awaitable<Result<void>> ensure_object(Services& services, Json object) {
    const auto group_version = registry::text_at(object, {"apiVersion"});
    const auto* resource =
        find_resource_by_kind(group_version, registry::text_at(object, {"kind"}));
    const storage::ObjectKey key{
        resource->qualified_name(),
        registry::text_at(object, {"metadata", "namespace"}),
        registry::text_at(object, {"metadata", "name"})};
    if (services.store.get(key)) co_return Ok();
    const ObjectIdentity identity{*resource, group_version, key.namespace_name, ""};
    const registry::RequestContext context{group_version, "system:apiserver", services.clock.now()};
    auto draft = draft_object(identity, {std::move(object), {}}, {}, context);
    if (!draft) co_return draft.error();
    auto planned = plan_create(*resource, std::move(*draft), services.random, context);
    if (!planned) co_return planned.error();
    const auto written = co_await write_new_object(services, *resource, std::move(*planned), false);
    if (!written && written.error().reason != Reason::AlreadyExists) co_return written.error();
    co_return Ok();
}

Awaitable<Result<Written>> run_update(Services& services, std::shared_ptr<UpdateJob> job) {
    const auto& identity = job->identity;
    storage::ObjectKey key{
        identity.resource.qualified_name(), identity.namespace_name, identity.name};
    storage::Mutation mutation = [job](const StoredPtr& current, storage::Revision next) {
        return decide_update(*job, current, next);
    };
    co_return co_await write_object(
        services, std::move(key), std::move(mutation), job->options.dry_run);
}

Result<void> check_namespace(
    const storage::Store& store,
    const Resource& resource,
    const std::string& namespace_name,
    const std::string& name) {
    if (!resource.namespaced) return Ok();
    const auto found = store.get({"namespaces", "", namespace_name});
    if (!found) return not_found_error("namespaces", namespace_name);
    if (found->attributes.field("status.phase") == "Terminating") {
        return terminating(resource, namespace_name, name);
    }
    return Ok();
}

}  // namespace picket::apiserver
