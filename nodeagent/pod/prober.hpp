#pragma once
#include "common/async/task_group.hpp"
#include "nodeagent/pod/handler_runner.hpp"
#include "nodeagent/pod/pod_snapshot.hpp"
#include "nodeagent/pod/probe_state.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace picket::nodeagent {

/// Runs the probes of one pod's containers, one coroutine per probe, as long as their container
/// runs. The verdicts go through `on_verdict`; a failed probe also through `on_failure` (for the
/// Unhealthy event). Owned by the pod's worker.
class Prober {
public:
    struct Callbacks {
        /// The container's verdict now, or nothing when it does not run any more (or its pod is
        /// ending): stop probing.
        std::function<std::optional<ProbeVerdict>(const std::string& id)> verdict;
        std::function<void(const std::string& id, ProbeVerdict verdict)> on_verdict;
        std::function<void(const std::string& container, ProbeKind kind, const std::string& why)>
            on_failure;
        std::function<HandlerTarget(const std::string& id)> target;
    };
    Prober(
        boost::asio::any_io_executor executor,
        Runtime& runtime,
        TaskGroup& tasks,
        Callbacks callbacks);

    /// Begins to probe a running container; does nothing if it is probed already. With `restored`
    /// (it ran before this agent did) the first probe comes after a part of its period, so that a
    /// restarted agent does not ask all at once.
    void watch(const Container& spec, const ContainerState& state, bool restored);

private:
    Awaitable<> run(
        std::string container,
        std::string id,
        ProbeKind kind,
        Probe probe,
        std::chrono::milliseconds first);
    void take(
        const std::string& container,
        const std::string& id,
        ProbeKind kind,
        const Probe& probe,
        const ProbeVerdict& verdict,
        ProbeCount& count,
        const Result<void>& result);
    void spawn(
        const Container& spec,
        const ContainerState& state,
        ProbeKind kind,
        const Probe& probe,
        bool restored);

    boost::asio::any_io_executor executor_;
    Runtime& runtime_;
    TaskGroup& tasks_;
    Callbacks callbacks_;
    std::set<std::string> watched_;
};

[[nodiscard]] std::string_view probe_name(ProbeKind kind);

}  // namespace picket::nodeagent
