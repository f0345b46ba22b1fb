#include "nodeagent/pod/container_status.hpp"

#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::nodeagent {
namespace {

std::string docker_id(const std::string& id) {
    return "docker://" + id;
}

Json waiting(const StateReason& why) {
    Json state = {{"reason", why.reason}};
    if (!why.message.empty()) state["message"] = why.message;
    return {{"waiting", std::move(state)}};
}

std::string termination_reason(const ContainerState& state) {
    if (state.oom_killed) return "OOMKilled";
    if (!state.started && !state.error.empty()) return "ContainerCannotRun";
    return state.exit_code == 0 ? "Completed" : "Error";
}

Json terminated(const PodSnapshot& snapshot, const ContainerState& state) {
    Json body = {
        {"exitCode", state.exit_code},
        {"reason", termination_reason(state)},
        {"containerID", docker_id(state.id)},
    };
    const auto words = snapshot.memory().messages.find(state.id);
    if (!state.error.empty()) {
        body["message"] = state.error;
    } else if (words != snapshot.memory().messages.end() && !words->second.empty()) {
        body["message"] = words->second;
    }
    if (state.started) body["startedAt"] = format_time(*state.started);
    if (state.finished) body["finishedAt"] = format_time(*state.finished);
    return {{"terminated", std::move(body)}};
}

Json lost_state(const LostContainer& lost) {
    return {
        {"terminated",
         {{"exitCode", 137},
          {"reason", "ContainerStatusUnknown"},
          {"message", "The container could not be located when the pod was checked"},
          {"finishedAt", format_time(lost.at)}}}};
}

Json running(const ContainerState& state, TimePoint now) {
    return {{"running", {{"startedAt", format_time(state.started.value_or(now))}}}};
}

/// Why a container has not been made yet.
StateReason waiting_reason(const PodSnapshot& snapshot, const Container& spec) {
    const auto& memory = snapshot.memory();
    if (const auto failure = memory.failures.find(spec.name); failure != memory.failures.end()) {
        return failure->second.why;
    }
    if (const auto image = memory.images.find(spec.name); image != memory.images.end()) {
        const auto& state = image->second;
        if (state.backing_off && state.phase != ImageState::Phase::Ready) {
            return {
                "ImagePullBackOff",
                fmt::format(
                    "Back-off pulling image \"{}\": {}", spec.image, state.failure.message)};
        }
        if (state.phase == ImageState::Phase::Failed) return state.failure;
        if (state.phase == ImageState::Phase::Working && !state.progress.empty()) {
            return {
                "ContainerCreating",
                fmt::format("Pulling image \"{}\": {}", spec.image, state.progress)};
        }
    }
    if (!snapshot.is_init(spec.name) && !snapshot.initialized()) return {"PodInitializing", {}};
    if (snapshot.is_init(spec.name) && snapshot.current_init() != &spec)
        return {"PodInitializing", {}};
    return {"ContainerCreating", {}};
}

std::string back_off_message(const PodSnapshot& snapshot, const Container& spec) {
    const auto& pod = snapshot.pod();
    const auto found = snapshot.memory().restarts.find(spec.name);
    const auto delay =
        found == snapshot.memory().restarts.end() ? Duration{0} : found->second.delay;
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(delay).count();
    const auto shown = seconds >= 60 ? fmt::format("{}m{}s", seconds / 60, seconds % 60)
                                     : fmt::format("{}s", seconds);
    return fmt::format(
        "back-off {} restarting failed container={} pod={}_{}({})",
        shown,
        spec.name,
        pod.name,
        pod.namespace_name,
        pod.uid);
}

/// Whether an ended container's place is shown as waiting, and why: back-off, or a new start that
/// does not succeed.
std::optional<StateReason> restart_wait(
    const PodSnapshot& snapshot, const Container& spec, const ContainerState& ended) {
    if (snapshot.pod().terminating() || snapshot.memory().rejected) return std::nullopt;
    const auto at = snapshot.restart_time(spec, ended);
    if (!at) return std::nullopt;
    if (*at > snapshot.now())
        return StateReason{"CrashLoopBackOff", back_off_message(snapshot, spec)};
    const auto& memory = snapshot.memory();
    if (const auto failure = memory.failures.find(spec.name); failure != memory.failures.end()) {
        return failure->second.why;
    }
    const auto image = memory.images.find(spec.name);
    if (image != memory.images.end() && image->second.phase == ImageState::Phase::Failed) {
        return waiting_reason(snapshot, spec);
    }
    return std::nullopt;
}

std::string shown_image_id(
    const PodSnapshot& snapshot, const Container& spec, const ContainerState& state) {
    const auto found = snapshot.memory().images.find(spec.name);
    const bool known = found != snapshot.memory().images.end() &&
                       found->second.image.id == state.image_id &&
                       !found->second.image.repo_digests.empty();
    if (known) return "docker-pullable://" + found->second.image.repo_digests.front();
    return state.image_id.empty() ? std::string() : "docker://" + state.image_id;
}

const ContainerState* previous_end(const std::vector<const ContainerState*>& instances) {
    for (std::size_t i = 1; i < instances.size(); ++i) {
        if (instances[i]->exited()) return instances[i];
    }
    return nullptr;
}

void fill_states(
    Json& status, const PodSnapshot& snapshot, const Container& spec, const ContainerState& state) {
    const auto instances = snapshot.instances(spec.name);
    const auto* previous = previous_end(instances);
    if (state.running()) {
        status["state"] = running(state, snapshot.now());
    } else if (!state.exited()) {
        status["state"] = waiting(waiting_reason(snapshot, spec));
    } else if (const auto wait = restart_wait(snapshot, spec, state)) {
        status["state"] = waiting(*wait);
        previous = &state;
    } else {
        status["state"] = terminated(snapshot, state);
    }
    if (previous != nullptr) status["lastState"] = terminated(snapshot, *previous);
}

void fill_lost(Json& status, const PodSnapshot& snapshot, const Container& spec) {
    status["state"] = waiting(waiting_reason(snapshot, spec));
    status["lastState"] = lost_state(snapshot.memory().lost.at(spec.name));
}

}  // namespace

bool never_ran(const PodSnapshot& snapshot, const Container& spec) {
    return snapshot.last_attempt(spec.name) < 0;
}

Json build_container_status(const PodSnapshot& snapshot, const Container& spec) {
    const auto* state = snapshot.latest(spec.name);
    const bool lost = snapshot.is_lost(spec.name);
    Json status = {
        {"name", spec.name},
        {"image", spec.image},
        {"imageID", ""},
        {"restartCount", std::max(0, snapshot.last_attempt(spec.name))},
        {"lastState", Json::object()},
        {"ready", state != nullptr && !lost && snapshot.is_ready(*state)},
        {"started", state != nullptr && !lost && snapshot.is_started(*state)},
    };
    if (lost) {
        fill_lost(status, snapshot, spec);
        return status;
    }
    if (state == nullptr) {
        status["state"] = waiting(waiting_reason(snapshot, spec));
        return status;
    }
    status["containerID"] = docker_id(state->id);
    status["imageID"] = shown_image_id(snapshot, spec, *state);
    // An init container that has done its part counts as ready.
    if (snapshot.is_init(spec.name) && !spec.restart_always) {
        status["ready"] = state->exited() && state->exit_code == 0;
    }
    fill_states(status, snapshot, spec, *state);
    return status;
}

}  // namespace picket::nodeagent
