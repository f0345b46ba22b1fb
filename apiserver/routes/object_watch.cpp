#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/metrics.hpp"
#include "apiserver/routes/object_handlers.hpp"
#include "apiserver/routes/object_view.hpp"
#include "apiserver/routes/selection.hpp"
#include "apiserver/routes/watch_stream.hpp"

namespace picket::apiserver {
namespace {

/// Whether the present state is sent before the changes.
bool wants_initial_state(const ListOptions& options) {
    return options.send_initial_events.value_or(options.resource_version.value_or(0) == 0);
}

/// A watch that names no end gets one, so that connections spread over the servers there are.
std::chrono::steady_clock::duration watch_length(const ListOptions& options, Random& random) {
    using std::chrono::seconds;
    if (options.timeout) return *options.timeout;
    return seconds(1800) + seconds(static_cast<int>(1800 * random.fraction()));
}

Result<std::shared_ptr<WatchStream>> open_watch(
    const Call& call, ObjectView view, const ListOptions& options) {
    const auto filter = make_filter(*call.resource, call.info.namespace_name, options);
    if (!filter) return filter.error();
    auto& store = call.services.store;
    const auto name = call.resource->qualified_name();
    // The list and the start of the watch are one step: nothing suspends between them.
    std::vector<storage::StoredPtr> initial;
    auto from = options.resource_version.value_or(0);
    if (wants_initial_state(options)) {
        auto list = store.list(name, *filter, 0, std::nullopt);
        initial = std::move(list.objects);
        from = list.revision;
    } else if (from == 0) {
        from = store.revision();
    }
    auto watcher = store.watch(name, *filter, from);
    if (!watcher) return watcher.error();
    return std::make_shared<WatchStream>(
        call.services,
        std::move(view),
        std::move(*watcher),
        WatchPlan{
            .initial = std::move(initial),
            .from = from,
            .mark_initial_end = options.send_initial_events.value_or(false),
            .bookmarks = options.allow_bookmarks,
            .length = watch_length(options, call.services.random)});
}

/// A path below "watch" may name one object.
void restrict_to_name(const std::string& name, ListOptions& options) {
    if (name.empty()) return;
    options.field_selector.insert(options.field_selector.begin(), {"metadata.name", name, true});
}

}  // namespace

Awaitable<Result<http::Response>> watch_objects(Call call) {
    auto view = view_of_call(call);
    if (!view) co_return view.error();
    if (wants_yaml(call.request.headers)) {
        co_return Error{Reason::NotAcceptable, "a watch is a stream of application/json"};
    }
    auto options = parse_list_options(call.url, Reading::Watch);
    if (!options) co_return options.error();
    restrict_to_name(call.info.name, *options);
    auto opened = open_watch(call, std::move(*view), *options);
    if (!opened) co_return opened.error();
    http::Response response;
    response.headers = {{"Content-Type", "application/json"}};
    response.stream = [stream = std::move(*opened)](http::BodyWriter& writer) {
        return stream->run(stream, &writer);
    };
    co_return response;
}

}  // namespace picket::apiserver
