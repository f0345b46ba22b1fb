#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/object_handlers.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/selection.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>

namespace picket::apiserver {
namespace {

/// The state a client has seen is not here yet: only a restored backup can bring that about.
Error version_from_the_future(storage::Revision wanted, storage::Revision present) {
    Error error{
        Reason::Timeout,
        fmt::format("Too large resource version: {}, current: {}", wanted, present)};
    error.retry_after_seconds = 1;
    return error;
}

Result<void> check_known(std::optional<storage::Revision> wanted, storage::Revision present) {
    if (wanted.value_or(0) > present) return version_from_the_future(*wanted, present);
    return Ok();
}

Result<void> check_version(const ListOptions& options, storage::Revision present) {
    if (!options.resource_version) return Ok();
    const auto wanted = *options.resource_version;
    if (auto known = check_known(wanted, present); !known) return known.error();
    if (options.version_match == VersionMatch::Exact && wanted != present) {
        return Error{
            Reason::Expired,
            fmt::format("The provided resource version is not kept: {} ({})", wanted, present)};
    }
    return Ok();
}

struct Page {
    std::optional<storage::ObjectKey> after;
    std::optional<storage::Revision> revision;
};

Result<Page> requested_page(const Resource& resource, const ListOptions& options) {
    if (options.continue_token.empty()) return Page{};
    auto token = decode_continue_token(options.continue_token);
    if (!token) return token.error();
    return Page{
        storage::ObjectKey{
            resource.qualified_name(), std::move(token->namespace_name), std::move(token->name)},
        token->revision};
}

/// Later pages keep the version of the first one: a watch from there sees all that changed since.
ListMeta list_meta(const storage::ListResult& found, const Page& page, bool has_selector) {
    ListMeta meta;
    meta.revision = page.revision.value_or(found.revision);
    if (!found.more || found.objects.empty()) return meta;
    const auto& last = found.objects.back()->key;
    meta.continue_token = encode_continue_token({meta.revision, last.namespace_name, last.name});
    if (!has_selector) meta.remaining = found.remaining;
    return meta;
}

}  // namespace

Awaitable<Result<http::Response>> get_object(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto wanted = parse_wanted_version(call.url);
    if (!wanted) co_return wanted.error();
    const auto known = check_known(*wanted, call.services.store.revision());
    if (!known) co_return known.error();
    const auto found = call.services.store.get(call.key());
    if (!found) co_return not_found_error(call.resource->qualified_name(), call.info.name);
    co_return json_response(200, {render_object(*view, found->bytes)});
}

Awaitable<Result<http::Response>> list_objects(Call call) {
    const auto view = view_of_call(call);
    if (!view) co_return view.error();
    const auto options = parse_list_options(call.url, Reading::List);
    if (!options) co_return options.error();
    const auto filter = make_filter(*call.resource, call.info.namespace_name, *options);
    if (!filter) co_return filter.error();
    const auto page = requested_page(*call.resource, *options);
    if (!page) co_return page.error();
    const auto& store = call.services.store;
    const auto version = check_version(*options, store.revision());
    if (!version) co_return version.error();
    const auto found =
        store.list(call.resource->qualified_name(), *filter, options->limit, page->after);
    const bool has_selector = filter->predicate || filter->field || !filter->name.empty();
    co_return json_response(
        200, render_list(*view, found.objects, list_meta(found, *page, has_selector)));
}

}  // namespace picket::apiserver
