#include "apiserver/routes/object_delete.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/body.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/object_handlers.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/object_writer.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/selection.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>

namespace picket::apiserver {
namespace {

using storage::Written;

struct DeleteJob {
    const Resource& resource;
    std::string name;
    DeleteOptions options;
    registry::RequestContext context;

    Result<storage::Outcome> operator()(
        const storage::StoredPtr& current, storage::Revision next) const {
        if (!current) return not_found_error(resource.qualified_name(), name);
        auto plan = plan_delete(resource, parse_json(*current->bytes), options, context);
        if (!plan) return plan.error();
        return encode_plan(resource, std::move(*plan), next);
    }
};

/// The object while something keeps it alive, a Status once it is gone.
http::Response answer_delete(const ObjectView& view, const Written& written) {
    if (written.change != Written::Change::Removed) {
        return json_response(200, {render_object(view, written.object->bytes)});
    }
    const auto uid = registry::text_at(parse_json(*written.object->bytes), {"metadata", "uid"});
    return json_response(200, success_status(view.resource, written.object->key.name, uid));
}

/// What the cluster itself stands on cannot be deleted.
Result<void> check_deletable(const Resource& resource, std::string_view name) {
    constexpr std::array<std::string_view, 4> kKept = {
        "default", "kube-system", "kube-public", "kube-node-lease"};
    const bool kept = std::ranges::find(kKept, name) != kKept.end();
    if (resource.kind != "Namespace" || !kept) return Ok();
    return Error{
        .reason = Reason::Forbidden,
        .message =
            fmt::format("namespaces \"{}\" is forbidden: this namespace may not be deleted", name),
        .name = std::string(name),
        .kind = "namespaces"};
}

bool is_gone(const Error& error) {
    return error.reason == Reason::NotFound;
}

/// As many as go into one or two transactions, and few enough to leave others their place in the
/// queue of writes.
constexpr std::size_t kDeletedAtOnce = 500;

/// Deletes `objects` and puts their last states in their place.
Awaitable<Result<void>> delete_together(
    Services& services,
    const Resource& resource,
    std::span<storage::StoredPtr> objects,
    DeleteOptions options,
    registry::RequestContext context) {
    std::vector<storage::WriteOrder> orders;
    for (const auto& object : objects)
        orders.push_back({object->key, DeleteJob{resource, object->key.name, options, context}});
    const auto written = co_await write_objects(services, std::move(orders), options.dry_run);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (!written[i] && !is_gone(written[i].error())) co_return written[i].error();
        if (written[i]) objects[i] = (*written[i]).object;
    }
    co_return Ok();
}

}  // namespace

Awaitable<Result<Written>> run_delete(
    Services& services,
    const Resource& resource,
    storage::ObjectKey key,
    DeleteOptions options,
    registry::RequestContext context) {
    const bool dry_run = options.dry_run;
    DeleteJob job{resource, key.name, std::move(options), std::move(context)};
    co_return co_await write_object(services, std::move(key), std::move(job), dry_run);
}

Result<DeleteOptions> delete_options_of(const Call& call) {
    auto body = body_of_call(call);
    if (!body) return body.error();
    return parse_delete_options(call.url, body->document);
}

Awaitable<Result<http::Response>> delete_object(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto deletable = check_deletable(*call.resource, call.info.name);
    if (!deletable) co_return deletable.error();
    auto options = delete_options_of(call);
    if (!options) co_return options.error();
    const auto written = co_await run_delete(
        call.services, *call.resource, call.key(), std::move(*options), call.context());
    if (!written) co_return written.error();
    co_return answer_delete(*view, *written);
}

Awaitable<Result<http::Response>> delete_collection(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto list_options = parse_list_options(call.url, Reading::List);
    if (!list_options) co_return list_options.error();
    const auto filter = make_filter(*call.resource, call.info.namespace_name, *list_options);
    if (!filter) co_return filter.error();
    const auto options = delete_options_of(call);
    if (!options) co_return options.error();
    auto found =
        call.services.store.list(call.resource->qualified_name(), *filter, 0, std::nullopt);
    for (std::size_t done = 0; done < found.objects.size(); done += kDeletedAtOnce) {
        const auto some = std::span(found.objects)
                              .subspan(done, std::min(kDeletedAtOnce, found.objects.size() - done));
        const auto deleted =
            co_await delete_together(call.services, *call.resource, some, *options, call.context());
        if (!deleted) co_return deleted.error();
    }
    const ListMeta meta{call.services.store.revision(), {}, {}};
    co_return json_response(200, render_list(*view, found.objects, meta));
}

}  // namespace picket::apiserver
