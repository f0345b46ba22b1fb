#include "nodeagent/pod/pod_plan.hpp"

#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

/// The newest container of an entry and the one before it, for `logs --previous` and `lastState`.
constexpr std::size_t kKeptInstances = 2;

class Planner {
public:
    explicit Planner(const PodSnapshot& snapshot) : snapshot_(snapshot), pod_(snapshot.pod()) {}

    PodPlan plan() && {
        remove_old_containers();
        if (snapshot_.memory().rejected || snapshot_.memory().ended || snapshot_.completed()) {
            stop_all("Pod has ended");
        } else if (foundation_stands()) {
            plan_containers();
        }
        return std::move(plan_);
    }

private:
    /// Volumes and sandbox come before any container.
    bool foundation_stands() {
        if (!snapshot_.memory().volumes_ready) {
            plan_.prepare_volumes = due(snapshot_.memory().volume_failure);
            prepare_first_images();
            return false;
        }
        plan_.refresh_files = snapshot_.memory().files_stale;
        if (const auto at = snapshot_.memory().renew_files_at) {
            if (*at <= snapshot_.now()) {
                plan_.refresh_files = true;
            } else {
                wake(*at);
            }
        }
        if (!needs_sandbox(pod_) || snapshot_.sandbox() != nullptr) return true;
        if (anything_runs()) {
            stop_all("Pod sandbox changed, it will be killed and re-created.");
        } else if (due(snapshot_.memory().sandbox_failure)) {
            plan_.create_sandbox = snapshot_.last_attempt(kSandboxName) + 1;
            prepare_first_images();
        }
        return false;
    }

    void plan_containers() {
        if (!snapshot_.initialized()) {
            plan_init();
            return;
        }
        for (const auto& init : pod_.spec.init_containers) {
            if (init.restart_always) keep_running(init);
        }
        for (const auto& container : pod_.spec.containers) keep_running(container);
    }

    void plan_init() {
        const auto* current = snapshot_.current_init();
        for (const auto& init : pod_.spec.init_containers) {
            if (&init == current) {
                keep_running(init);
                return;
            }
            if (init.restart_always) keep_running(init);
        }
    }

    void keep_running(const Container& spec) {
        const auto* state = snapshot_.latest(spec.name);
        if (state == nullptr || snapshot_.is_lost(spec.name) ||
            (state->exited() && needs_fresh_run(spec, *state))) {
            start(spec, {});
        } else if (state->running()) {
            check_running(spec, *state);
        } else if (state->exited()) {
            restart(spec, *state);
        } else {
            // Made but never started: the agent ended in between. Its inputs may be stale, so it is
            // made anew.
            plan_.remove.push_back(state->id);
        }
    }

    /// A new sandbox begins with the init containers again, also those that have succeeded.
    [[nodiscard]] bool needs_fresh_run(const Container& spec, const ContainerState& ended) const {
        return snapshot_.is_init(spec.name) && !snapshot_.belongs_to_current_sandbox(ended);
    }

    void check_running(const Container& spec, const ContainerState& state) {
        if (snapshot_.memory().stopping.contains(state.id)) return;
        const auto verdict = snapshot_.verdict(state);
        if (verdict.unhealthy) {
            stop(
                state,
                probe_grace(verdict),
                fmt::format("Container {} failed its probe, will be restarted", spec.name));
        } else if (state.label(label::kSpecHash) != spec_hash(spec.name, spec.image)) {
            replace_changed(spec, state);
        }
    }

    /// The new image first: nothing that runs is stopped for an image that is not there.
    void replace_changed(const Container& spec, const ContainerState& state) {
        if (image_phase(spec.name) == ImageState::Phase::Ready) {
            const auto why =
                fmt::format("Container {} definition changed, will be restarted", spec.name);
            stop(state, pod_grace(), why);
        } else {
            prepare_image(spec);
        }
    }

    void restart(const Container& spec, const ContainerState& ended) {
        const auto at = snapshot_.restart_time(spec, ended);
        if (!at) return;
        if (*at <= snapshot_.now()) {
            start(spec, ended.id);
        } else {
            plan_.restart_blocked.push_back(spec.name);
            wake(*at);
        }
    }

    void start(const Container& spec, std::string replaces) {
        const auto failure = snapshot_.memory().failures.find(spec.name);
        if (failure != snapshot_.memory().failures.end() && !due(failure->second)) return;
        if (image_phase(spec.name) == ImageState::Phase::Ready) {
            plan_.start.push_back(
                {spec.name, snapshot_.last_attempt(spec.name) + 1, std::move(replaces)});
        } else {
            prepare_image(spec);
        }
    }

    void prepare_image(const Container& spec) {
        const auto found = snapshot_.memory().images.find(spec.name);
        if (found == snapshot_.memory().images.end()) {
            plan_.prepare_images.push_back(spec.name);
            return;
        }
        const auto& image = found->second;
        if (image.phase == ImageState::Phase::Working) return;
        const auto retry = within_reach(image.backoff.next, snapshot_.now());
        if (image.phase == ImageState::Phase::Failed && retry > snapshot_.now()) {
            wake(retry);
        } else {
            plan_.prepare_images.push_back(spec.name);
        }
    }

    /// While volumes and sandbox are made, the images of what comes after them can be looked for.
    void prepare_first_images() {
        if (!pod_.spec.init_containers.empty()) {
            prepare_if_unknown(pod_.spec.init_containers.front());
            return;
        }
        for (const auto& container : pod_.spec.containers) prepare_if_unknown(container);
    }

    void prepare_if_unknown(const Container& spec) {
        if (image_phase(spec.name) == ImageState::Phase::Unknown) prepare_image(spec);
    }

    [[nodiscard]] ImageState::Phase image_phase(const std::string& container) const {
        const auto found = snapshot_.memory().images.find(container);
        return found == snapshot_.memory().images.end() ? ImageState::Phase::Unknown
                                                        : found->second.phase;
    }

    void remove_old_containers() {
        for (const auto* list : {&pod_.spec.init_containers, &pod_.spec.containers}) {
            for (const auto& spec : *list)
                remove_after(snapshot_.instances(spec.name), kKeptInstances);
        }
        const auto sandboxes = snapshot_.instances(kSandboxName);
        const bool newest_runs = !sandboxes.empty() && sandboxes.front()->running();
        remove_after(sandboxes, newest_runs ? 1 : 0);
    }

    void remove_after(const std::vector<const ContainerState*>& instances, std::size_t kept) {
        for (std::size_t i = 0; i < instances.size(); ++i) {
            if (instances[i]->running()) {
                // Somebody has started a dead one by hand.
                if (i > 0 && instances.front()->running())
                    stop(*instances[i], pod_grace(), "Another container runs in its place");
            } else if (i >= kept) {
                plan_.remove.push_back(instances[i]->id);
            }
        }
    }

    [[nodiscard]] bool anything_runs() const {
        return std::any_of(
            snapshot_.containers().begin(), snapshot_.containers().end(), [](const auto& state) {
                return state.running();
            });
    }

    void stop_all(const std::string& why) {
        for (const auto& state : snapshot_.containers()) {
            if (state.running()) stop(state, pod_grace(), why);
        }
    }

    void stop(const ContainerState& state, std::chrono::seconds grace, std::string why) {
        if (snapshot_.memory().stopping.contains(state.id)) return;
        plan_.stop.push_back({state.id, state.label(label::kContainerName), grace, std::move(why)});
    }

    [[nodiscard]] std::chrono::seconds pod_grace() const {
        return std::chrono::seconds{pod_.spec.termination_grace_seconds};
    }

    [[nodiscard]] std::chrono::seconds probe_grace(const ProbeVerdict& verdict) const {
        return std::chrono::seconds{
            verdict.kill_grace_seconds.value_or(pod_.spec.termination_grace_seconds)};
    }

    bool due(const std::optional<StartFailure>& failure) { return !failure || due(*failure); }
    bool due(const StartFailure& failure) {
        const auto retry = within_reach(failure.backoff.next, snapshot_.now());
        if (retry <= snapshot_.now()) return true;
        wake(retry);
        return false;
    }

    void wake(TimePoint at) { plan_.wake_at = std::min(plan_.wake_at.value_or(at), at); }

    const PodSnapshot& snapshot_;
    const Pod& pod_;
    PodPlan plan_;
};

std::vector<const ContainerState*> running_of(
    const PodSnapshot& snapshot, const std::vector<std::string>& names) {
    std::vector<const ContainerState*> running;
    for (const auto& state : snapshot.containers()) {
        const auto name = state.label(label::kContainerName);
        if (state.running() && std::find(names.begin(), names.end(), name) != names.end())
            running.push_back(&state);
    }
    return running;
}

/// Names in the order they end; all of one step end together. What the spec does not know (an
/// orphan's containers) is ordinary.
std::vector<std::vector<std::string>> end_steps(const PodSnapshot& snapshot) {
    std::vector<std::string> ordinary;
    std::vector<std::vector<std::string>> sidecars;
    for (const auto& init : snapshot.pod().spec.init_containers) {
        if (init.restart_always) sidecars.insert(sidecars.begin(), {init.name});
    }
    for (const auto& state : snapshot.containers()) {
        const auto name = state.label(label::kContainerName);
        const auto same = [&](const auto& step) { return step.front() == name; };
        const bool sidecar = std::any_of(sidecars.begin(), sidecars.end(), same);
        if (name != kSandboxName && !sidecar) ordinary.push_back(name);
    }
    std::vector<std::vector<std::string>> steps{ordinary};
    steps.insert(steps.end(), sidecars.begin(), sidecars.end());
    steps.push_back({std::string(kSandboxName)});
    return steps;
}

}  // namespace

PodPlan plan_pod(const PodSnapshot& snapshot) {
    return Planner(snapshot).plan();
}

PodPlan plan_pod_end(const PodSnapshot& snapshot, std::chrono::seconds grace) {
    PodPlan plan;
    for (const auto& step : end_steps(snapshot)) {
        const auto running = running_of(snapshot, step);
        for (const auto* state : running) {
            if (snapshot.memory().stopping.contains(state->id)) continue;
            const auto name = state->label(label::kContainerName);
            plan.stop.push_back({state->id, name, grace, "Stopping container " + name});
        }
        if (!running.empty()) return plan;
    }
    for (const auto& state : snapshot.containers()) plan.remove.push_back(state.id);
    plan.gone = plan.remove.empty();
    return plan;
}

}  // namespace picket::nodeagent
