#pragma once
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <functional>
#include <string>

namespace picket::nodeagent {

/// Keeps the PodManager's view of the engine current: subscribes to events, lists everything, then
/// inspects what an event names. While the engine is away it tries again and again; what happened
/// meanwhile is in the next list.
class RuntimeWatcher {
public:
    /// `on_health`: null when the engine answers, otherwise why it does not.
    RuntimeWatcher(
        Runtime& runtime,
        PodManager& pods,
        std::string node_name,
        std::function<void(const Error*)> on_health);

    /// Until cancelled. Spawn it in the owner's TaskGroup.
    Awaitable<> run();

private:
    Awaitable<Result<void>> watch_once();
    Awaitable<Result<void>> list();
    Awaitable<Result<void>> look_at(RuntimeEvent event);

    Runtime& runtime_;
    PodManager& pods_;
    ContainerLabels labels_;
    std::function<void(const Error*)> on_health_;
};

}  // namespace picket::nodeagent
