/// Probes and hooks of a pod's running containers.
#include "nodeagent/pod/pod_worker.hpp"
#include "nodeagent/pod/termination_message.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;

/// Left for the signal even when a hook has used up the grace period.
constexpr std::chrono::seconds kLeastGrace{2};
/// A postStart hook has no time limit of its own; a container that it never lets start is no use.
constexpr std::chrono::milliseconds kLongestPostStart = 10min;

bool has_probes(const Container& spec) {
    return spec.startup || spec.liveness || spec.readiness;
}

/// The last lines of a dead container's log, as far as they fit into a message.
Awaitable<std::string> end_of_log(Runtime& runtime, std::string id) {
    LogOptions options;
    options.tail = kMessageLogLines;
    auto stream = co_await runtime.logs(id, options);
    if (!stream) co_return std::string();
    std::string text;
    while (true) {
        auto bytes = co_await (*stream)->next(5s);
        if (!bytes || bytes->empty()) break;
        text += *bytes;
        if (text.size() > kLongestMessageFromLog)
            text.erase(0, text.size() - kLongestMessageFromLog);
    }
    co_return valid_text(text);
}

}  // namespace

const ContainerState* PodWorker::find_id(const std::string& id) const {
    const auto same = [&](const ContainerState& state) { return state.id == id; };
    const auto found = std::find_if(containers_.begin(), containers_.end(), same);
    return found == containers_.end() ? nullptr : &*found;
}

HandlerTarget PodWorker::handler_target(const std::string& id) const {
    HandlerTarget target{id, snapshot().address(), {}};
    if (target.address.empty()) target.address = services_.node.ip;
    if (const auto* state = find_id(id)) {
        const auto* spec = pod_->find_container(state->label(label::kContainerName));
        if (spec != nullptr) target.ports = spec->ports;
    }
    return target;
}

Prober::Callbacks PodWorker::probe_callbacks() {
    return {
        .verdict = [this](const std::string& id) -> std::optional<ProbeVerdict> {
            const auto* state = find_id(id);
            const bool probed =
                state != nullptr && state->running() && !grace_ && !memory_.stopping.contains(id);
            return probed ? std::optional(snapshot().verdict(*state)) : std::nullopt;
        },
        .on_verdict =
            [this](const std::string& id, ProbeVerdict verdict) {
                memory_.probes[id] = verdict;
                changed_.notify();
            },
        .on_failure =
            [this](const std::string& container, ProbeKind kind, const std::string& why) {
                warn(
                    container,
                    "Unhealthy",
                    fmt::format("{} probe failed: {}", probe_name(kind), why));
            },
        .target = [this](const std::string& id) { return handler_target(id); }};
}

void PodWorker::watch_probes() {
    if (grace_) return;
    const auto moment = snapshot();
    for (const auto& state : containers_) {
        const auto* spec = pod_->find_container(state.label(label::kContainerName));
        if (spec == nullptr || !has_probes(*spec) || !state.running()) continue;
        memory_.probes.try_emplace(state.id, moment.verdict(state));
        prober_.watch(*spec, state, restored_.contains(state.id));
    }
}

Awaitable<> PodWorker::run_post_start(std::string id, std::string container, Handler hook) {
    auto done = co_await run_handler(
        executor_, services_.runtime, hook, handler_target(id), kLongestPostStart);
    if (!done) {
        warn(container, "FailedPostStartHook", "PostStartHook failed: " + done.error().message);
        if (const auto* state = find_id(id)) {
            auto verdict = snapshot().verdict(*state);
            verdict.unhealthy = true;
            memory_.probes[id] = verdict;
        }
    }
    memory_.starting.erase(id);
    changed_.notify();
}

/// What is left of the grace period after the hook. A hook that fails stops nothing from ending; a
/// grace of 0 leaves no time for one.
Awaitable<std::chrono::seconds> PodWorker::run_pre_stop(StopContainer action) {
    const auto* spec = pod_->find_container(action.container);
    if (spec == nullptr || !spec->pre_stop || action.grace <= 0s)
        co_return std::max(kLeastGrace, action.grace);
    const auto hook = *spec->pre_stop;
    const auto began = services_.clock.now();
    auto done = co_await run_handler(
        executor_, services_.runtime, hook, handler_target(action.id), action.grace);
    if (!done)
        warn(action.container, "FailedPreStopHook", "PreStopHook failed: " + done.error().message);
    const auto used =
        std::chrono::duration_cast<std::chrono::seconds>(services_.clock.now() - began);
    co_return std::max(kLeastGrace, action.grace - used);
}

Awaitable<> PodWorker::collect_messages() {
    std::vector<std::string> ended;
    for (const auto& state : containers_) {
        if (state.exited() && !memory_.messages.contains(state.id)) ended.push_back(state.id);
    }
    for (auto& id : ended) {
        auto words = co_await last_words(id);
        memory_.messages[id] = std::move(words);
    }
}

Awaitable<std::string> PodWorker::last_words(std::string id) {
    const auto* state = find_id(id);
    const auto* spec =
        state != nullptr ? pod_->find_container(state->label(label::kContainerName)) : nullptr;
    if (spec == nullptr) co_return std::string();
    const auto identity = identity_of(*state);
    auto text = read_message_file(
        services_.volumes.pod_folder(pod_->uid), identity.container, identity.attempt);
    if (!text.empty() || !spec->fall_back_to_logs || state->exit_code == 0) co_return text;
    co_return co_await end_of_log(services_.runtime, id);
}

}  // namespace picket::nodeagent
