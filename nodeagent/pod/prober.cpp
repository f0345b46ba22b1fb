#include "nodeagent/pod/prober.hpp"

#include "common/async/timing.hpp"

#include <functional>

namespace picket::nodeagent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Spread by the container's id: the same host asks at different moments, and a test at the same.
milliseconds part_of(milliseconds period, const std::string& id) {
    return milliseconds{
        static_cast<std::int64_t>(std::hash<std::string>{}(id) % 1000) * period.count() / 1000};
}

}  // namespace

std::string_view probe_name(ProbeKind kind) {
    switch (kind) {
        case ProbeKind::Startup:
            return "Startup";
        case ProbeKind::Liveness:
            return "Liveness";
        case ProbeKind::Readiness:
            break;
    }
    return "Readiness";
}

Prober::Prober(
    boost::asio::any_io_executor executor, Runtime& runtime, TaskGroup& tasks, Callbacks callbacks)
    : executor_(std::move(executor)),
      runtime_(runtime),
      tasks_(tasks),
      callbacks_(std::move(callbacks)) {}

void Prober::watch(const Container& spec, const ContainerState& state, bool restored) {
    if (!watched_.insert(state.id).second) return;
    if (spec.startup) spawn(spec, state, ProbeKind::Startup, *spec.startup, restored);
    if (spec.liveness) spawn(spec, state, ProbeKind::Liveness, *spec.liveness, restored);
    if (spec.readiness) spawn(spec, state, ProbeKind::Readiness, *spec.readiness, restored);
}

void Prober::spawn(
    const Container& spec,
    const ContainerState& state,
    ProbeKind kind,
    const Probe& probe,
    bool restored) {
    const auto first = restored ? part_of(seconds{probe.period_seconds}, state.id)
                                : milliseconds{seconds{probe.initial_delay_seconds}};
    tasks_.spawn("probe of " + spec.name, run(spec.name, state.id, kind, probe, first));
}

void Prober::take(
    const std::string& container,
    const std::string& id,
    ProbeKind kind,
    const Probe& probe,
    const ProbeVerdict& verdict,
    ProbeCount& count,
    const Result<void>& result) {
    // What could not be tried says nothing about the container.
    if (!result && result.error().reason == Reason::ServiceUnavailable) return;
    if (!result) callbacks_.on_failure(container, kind, result.error().message);
    callbacks_.on_verdict(id, after_probe(verdict, count, kind, probe, result.has_value()));
}

Awaitable<> Prober::run(
    std::string container, std::string id, ProbeKind kind, Probe probe, milliseconds first) {
    ProbeCount count;
    co_await sleep_for(first);
    while (auto verdict = callbacks_.verdict(id)) {
        if (kind == ProbeKind::Startup && verdict->started) co_return;
        if (probe_is_due(kind, *verdict)) {
            auto result = co_await run_handler(
                executor_,
                runtime_,
                probe.handler,
                callbacks_.target(id),
                seconds{probe.timeout_seconds});
            verdict = callbacks_.verdict(id);
            if (!verdict) co_return;
            take(container, id, kind, probe, *verdict, count, result);
        }
        co_await sleep_for(seconds{probe.period_seconds});
    }
}

}  // namespace picket::nodeagent
