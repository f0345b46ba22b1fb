/// The actions of a plan: each tries one thing, remembers why it failed, and leaves the next step
/// to the next plan.
#include "common/base/log.hpp"
#include "nodeagent/pod/image_preparer.hpp"
#include "nodeagent/pod/log_links.hpp"
#include "nodeagent/pod/pod_failure.hpp"
#include "nodeagent/pod/pod_worker.hpp"
#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/pod/termination_message.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;

/// How long a failed pull is shown as ErrImagePull before it becomes ImagePullBackOff.
constexpr std::chrono::seconds kShowPullError{2};
/// How often the progress of a pull is reported at most.
constexpr std::chrono::seconds kProgressPace{2};

constexpr std::chrono::seconds kRenewAgain{30};

}  // namespace

Awaitable<Result<void>> PodWorker::fetch_objects(std::shared_ptr<const Pod> pod) {
    auto fetched = co_await services_.objects.fetch(pod);
    const bool held = fetched.has_value();
    if (held) objects_ = std::move(*fetched);
    // Also where it failed: a server that is away is not asked all the time.
    memory_.renew_files_at = next_renewal(objects_.tokens);
    if (memory_.renew_files_at) {
        memory_.renew_files_at =
            std::max(*memory_.renew_files_at, services_.clock.now() + kRenewAgain);
    }
    const auto followed = followed_names(*pod, objects_);
    services_.objects.follow(*pod, followed, [this] { objects_changed(); });
    objects_current_ = held && followed == referenced_names(*pod);
    co_return held ? Ok() : Result<void>(fetched.error());
}

/// Where all objects are watched, what has been fetched holds until a watch says otherwise, and a
/// start waits for no answer of the server.
Awaitable<Result<void>> PodWorker::renew_objects(std::shared_ptr<const Pod> pod) {
    if (objects_current_) co_return Ok();
    co_return co_await fetch_objects(pod);
}

/// What waits for an object is tried again at once.
void PodWorker::objects_changed() {
    objects_current_ = false;
    memory_.files_stale = true;
    if (memory_.volume_failure) memory_.volume_failure->backoff.next = {};
    for (auto& [container, failure] : memory_.failures) {
        if (failure.why.reason == "CreateContainerConfigError") failure.backoff.next = {};
    }
    changed_.notify();
}

Awaitable<> PodWorker::prepare_volumes() {
    const auto pod = pod_;
    memory_.files_stale = false;
    auto prepared = co_await fetch_objects(pod);
    const auto now = services_.clock.now();
    if (prepared) prepared = services_.volumes.prepare(*pod, services_.node, objects_, now);
    if (prepared) {
        memory_.volumes_ready = true;
        memory_.volume_failure.reset();
    } else {
        note_failure(failure_of(memory_.volume_failure), "FailedMount", prepared.error(), now);
        warn({}, "FailedMount", prepared.error().message);
    }
}

/// A running container keeps the files it has when they cannot be made anew.
Awaitable<> PodWorker::refresh_files() {
    const auto pod = pod_;
    memory_.files_stale = false;
    auto refreshed = co_await fetch_objects(pod);
    if (refreshed) {
        refreshed =
            services_.volumes.refresh_files(*pod, services_.node, objects_, services_.clock.now());
    }
    if (!refreshed) warn({}, "FailedMount", refreshed.error().message);
}

Awaitable<> PodWorker::start_container(StartContainer action) {
    const auto pod = pod_;
    const auto name = action.container;
    auto created = co_await create_container(pod, action);
    if (!created) co_return;
    tell(name, "Created", "Created container: " + name);
    auto started = co_await start_created(*created);
    if (!started && co_await sandbox_has_ended(pod)) {
        co_await remove_container(*created);
        co_return;
    }
    step_back_off(action);
    // The image is looked for again before the next start.
    memory_.images[name].phase = ImageState::Phase::Unknown;
    memory_.images[name].backing_off = false;
    if (started) {
        memory_.failures.erase(name);
        tell(name, "Started", "Started container " + name);
        if (const auto* state = find_id(*created)) link_log(services_.node.log_root, *state);
        if (const auto* spec = pod->find_container(name); spec != nullptr && spec->post_start) {
            memory_.starting.insert(*created);
            tasks_.spawn("postStart of " + name, run_post_start(*created, name, *spec->post_start));
        }
        co_return;
    }
    warn(name, "Failed", "Error: " + started.error().message);
    // A refused start leaves a dead container behind, and the restart rule goes on from there.
    const auto* left = snapshot().latest(name);
    if (left == nullptr || !left->exited())
        fail_container(name, "RunContainerError", started.error());
}

/// The container ended with its sandbox, and was heard of first: that it cannot join the dead is no
/// failure of its own.
Awaitable<bool> PodWorker::sandbox_has_ended(std::shared_ptr<const Pod> pod) {
    if (!needs_sandbox(*pod)) co_return false;
    if (const auto moment = snapshot(); const auto* sandbox = moment.sandbox())
        co_await refresh(sandbox->id);
    co_return snapshot().sandbox() == nullptr;
}

void PodWorker::fail_container(
    const std::string& container, const std::string& reason, const Error& error) {
    note_failure(memory_.failures[container], reason, error, services_.clock.now());
    warn(container, "Failed", "Error: " + error.message);
}

void PodWorker::step_back_off(const StartContainer& action) {
    if (action.replaces.empty()) return;
    auto& backoff = memory_.restarts[action.container];
    for (const auto& state : containers_) {
        if (state.id == action.replaces)
            backoff = after_restart(backoff, end_time(state, services_.clock.now()));
    }
}

Awaitable<> PodWorker::prepare_image(std::string container) {
    const auto pod = pod_;
    auto prepared = co_await prepare_container_image(
        services_, pod, container, [this, container](std::string text) {
            const auto now = services_.clock.now();
            if (now - progress_told_ < kProgressPace) return;
            progress_told_ = now;
            memory_.images[container].progress = text;
            changed_.notify();
        });
    auto& image = memory_.images[container];
    const auto backoff = image.backoff;
    image = std::move(prepared);
    if (image.phase == ImageState::Phase::Ready) {
        changed_.notify();
        co_return;
    }
    image.backoff = backoff;
    image.backoff.fail(services_.clock.now());
    changed_.notify();
    co_await sleep_for(kShowPullError);
    auto& later = memory_.images[container];
    if (later.phase != ImageState::Phase::Failed || later.failure.reason != "ErrImagePull")
        co_return;
    later.backing_off = true;
    const auto* spec = pod->find_container(container);
    tell(container, "BackOff", fmt::format("Back-off pulling image \"{}\"", spec->image));
    changed_.notify();
}

Awaitable<> PodWorker::stop_container(StopContainer action) {
    tell(action.container, "Killing", action.why);
    const auto left = co_await run_pre_stop(action);
    auto stopped = co_await services_.runtime.stop(action.id, left);
    if (!stopped) {
        logger("pod")->warn(
            "stop failed pod={} container={} why={}",
            pod_->key(),
            action.container,
            stopped.error().message);
        co_await sleep_for(kEngineRetry);
    }
    co_await refresh(action.id);
    memory_.stopping.erase(action.id);
    changed_.notify();
}

Awaitable<> PodWorker::remove_container(std::string id) {
    // The engine's event may take it from the list before the call returns.
    const auto* known = find_id(id);
    const auto before = known != nullptr ? *known : ContainerState();
    auto removed = co_await services_.runtime.remove(id);
    if (removed) {
        const auto identity = identity_of(before);
        unlink_log(services_.node.log_root, before);
        remove_message_file(
            services_.volumes.pod_folder(pod_->uid), identity.container, identity.attempt);
        memory_.messages.erase(id);
        std::erase_if(containers_, [&](const ContainerState& state) { return state.id == id; });
    } else {
        logger("pod")->warn(
            "remove failed pod={} id={} why={}", pod_->key(), id, removed.error().message);
        co_await sleep_for(kEngineRetry);
    }
}

// All are looked at before any is judged: a sandbox that has ended would end its containers, which
// have ended with it. What the engine took down with itself has not failed and waits for no
// back-off.
Awaitable<> PodWorker::refresh_all(std::vector<std::string> ids) {
    std::map<std::string, Result<ContainerState>> states;
    for (const auto& id : ids) states.emplace(id, co_await services_.runtime.inspect(id));
    for (auto& [id, state] : states) {
        const auto* before = find_id(id);
        const bool ran = before != nullptr && before->running() && !memory_.stopping.contains(id);
        if (ran && state && state->exited())
            memory_.restarts.erase(state->label(label::kContainerName));
        take(id, std::move(state));
    }
}

Awaitable<> PodWorker::refresh(std::string id) {
    take(id, co_await services_.runtime.inspect(id));
}

void PodWorker::take(const std::string& id, Result<ContainerState> state) {
    if (state) {
        container_changed(std::move(*state));
    } else if (state.error().reason == Reason::NotFound) {
        container_removed(id);
    }
}

}  // namespace picket::nodeagent
