#include "nodeagent/pod/runtime_watcher.hpp"

#include "common/async/timing.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr std::chrono::milliseconds kFirstWatchRetry = 100ms;
constexpr std::chrono::milliseconds kLongestWatchRetry = 2s;

}  // namespace

RuntimeWatcher::RuntimeWatcher(
    Runtime& runtime,
    PodManager& pods,
    std::string node_name,
    std::function<void(const Error*)> on_health)
    : runtime_(runtime),
      pods_(pods),
      labels_{{std::string(label::kNode), std::move(node_name)}},
      on_health_(std::move(on_health)) {}

Awaitable<> RuntimeWatcher::run() {
    auto retry = kFirstWatchRetry;
    while (true) {
        auto ended = co_await watch_once();
        if (ended) {
            retry = kFirstWatchRetry;
            continue;
        }
        const Error why = ended.error();
        on_health_(&why);
        co_await sleep_for(retry);
        retry = std::min(retry * 2, kLongestWatchRetry);
    }
}

// Events first, then the list: nothing falls in between.
Awaitable<Result<void>> RuntimeWatcher::watch_once() {
    auto events = co_await runtime_.events(labels_);
    if (!events) co_return events.error();
    if (auto listed = co_await list(); !listed) co_return listed;
    on_health_(nullptr);
    while (true) {
        auto event = co_await (*events)->next();
        if (!event) co_return event.error();
        if (!*event) co_return Ok();
        if (auto looked = co_await look_at(std::move(**event)); !looked) co_return looked;
    }
}

Awaitable<Result<void>> RuntimeWatcher::list() {
    auto containers = co_await runtime_.list(labels_);
    if (!containers) co_return containers.error();
    pods_.set_containers(std::move(*containers));
    co_return Ok();
}

Awaitable<Result<void>> RuntimeWatcher::look_at(RuntimeEvent event) {
    auto container = co_await runtime_.inspect(event.container_id);
    if (container) {
        pods_.container_changed(std::move(*container));
    } else if (container.error().reason == Reason::NotFound) {
        pods_.container_removed(event.container_id);
    } else {
        co_return container.error();
    }
    co_return Ok();
}

}  // namespace picket::nodeagent
