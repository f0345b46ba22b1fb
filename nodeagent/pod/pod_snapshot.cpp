#include "nodeagent/pod/pod_snapshot.hpp"

#include "common/api/json_read.hpp"
#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

int attempt_of(const ContainerState& container) {
    return identity_of(container).attempt;
}

/// The entry of a container in a pod's status, or null.
const Json* find_reported(const Json& status, std::string_view container) {
    for (const auto* list : {"containerStatuses", "initContainerStatuses"}) {
        for (const auto& entry : json_read::member(status, list)) {
            if (json_read::text(entry, "name") == container) return &entry;
        }
    }
    return nullptr;
}

/// Restart count of a container that the API has seen made, else −1.
int reported_attempt(const Json& status, std::string_view container) {
    const auto* entry = find_reported(status, container);
    if (entry == nullptr || json_read::text(*entry, "containerID").empty()) return -1;
    return static_cast<int>(json_read::integer(*entry, "restartCount"));
}

}  // namespace

ProbeVerdict initial_verdict(const Container& spec) {
    ProbeVerdict verdict;
    verdict.started = !spec.startup;
    verdict.ready = !spec.readiness;
    return verdict;
}

TimePoint end_time(const ContainerState& container, TimePoint fallback) {
    if (container.finished) return *container.finished;
    return container.created.value_or(fallback);
}

std::vector<const ContainerState*> PodSnapshot::instances(std::string_view container) const {
    std::vector<const ContainerState*> found;
    for (const auto& state : containers_) {
        if (state.label(label::kContainerName) == container) found.push_back(&state);
    }
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) {
        return std::pair(attempt_of(*a), a->created) > std::pair(attempt_of(*b), b->created);
    });
    return found;
}

const ContainerState* PodSnapshot::latest(std::string_view container) const {
    const auto found = instances(container);
    return found.empty() ? nullptr : found.front();
}

const ContainerState* PodSnapshot::sandbox() const {
    for (const auto* state : instances(kSandboxName)) {
        if (state->running()) return state;
    }
    return nullptr;
}

int PodSnapshot::last_attempt(std::string_view container) const {
    int attempt = pod_.status ? reported_attempt(*pod_.status, container) : -1;
    if (const auto* state = latest(container)) attempt = std::max(attempt, attempt_of(*state));
    const auto lost = memory_.lost.find(std::string(container));
    return lost == memory_.lost.end() ? attempt : std::max(attempt, lost->second.attempt);
}

bool PodSnapshot::is_lost(std::string_view container) const {
    const auto lost = memory_.lost.find(std::string(container));
    if (lost == memory_.lost.end()) return false;
    const auto* state = latest(container);
    return state == nullptr || attempt_of(*state) < lost->second.attempt;
}

std::optional<TimePoint> PodSnapshot::restart_time(
    const Container& spec, const ContainerState& ended) const {
    const bool for_ever = spec.restart_always;
    const bool init = is_init(spec.name);
    // An init container that has succeeded is done, whatever the policy says.
    const auto policy = init && pod_.spec.restart_policy == RestartPolicy::Always
                            ? RestartPolicy::OnFailure
                            : pod_.spec.restart_policy;
    if (!for_ever && !should_restart(policy, ended.exit_code)) return std::nullopt;
    const auto backoff = memory_.restarts.find(spec.name);
    const auto finished = end_time(ended, now_);
    // A changed image starts fresh.
    const bool changed = ended.label(label::kSpecHash) != spec_hash(spec.name, spec.image);
    const bool fresh = backoff == memory_.restarts.end() || changed;
    return within_reach(fresh ? finished : may_restart_at(backoff->second, finished), now_);
}

bool PodSnapshot::is_init(std::string_view container) const {
    const auto& inits = pod_.spec.init_containers;
    return std::any_of(
        inits.begin(), inits.end(), [&](const Container& c) { return c.name == container; });
}

bool PodSnapshot::belongs_to_current_sandbox(const ContainerState& container) const {
    // What an init container did to the host (mounts, modules, settings) is gone with a boot, and a
    // pod without a sandbox has nothing else that tells.
    const auto boot = container.label(label::kBoot);
    if (!boot.empty() && !memory_.boot.empty() && boot != memory_.boot) return false;
    if (!container.network_mode.starts_with("container:")) return true;
    const auto* current = sandbox();
    return current != nullptr && container.network_mode == "container:" + current->id;
}

bool PodSnapshot::init_done(const Container& init) const {
    const auto* state = latest(init.name);
    if (state == nullptr || !belongs_to_current_sandbox(*state)) return false;
    if (init.restart_always) return is_started(*state);
    return state->exited() && state->exit_code == 0;
}

bool PodSnapshot::initialized() const {
    const auto& spec = pod_.spec;
    const auto ran = [&](const Container& c) {
        const auto* state = latest(c.name);
        return state != nullptr && belongs_to_current_sandbox(*state);
    };
    if (std::any_of(spec.containers.begin(), spec.containers.end(), ran)) return true;
    return current_init() == nullptr;
}

const Container* PodSnapshot::current_init() const {
    for (const auto& init : pod_.spec.init_containers) {
        if (!init_done(init)) return &init;
    }
    return nullptr;
}

bool PodSnapshot::init_failed() const {
    if (pod_.spec.restart_policy != RestartPolicy::Never || initialized()) return false;
    const auto* init = current_init();
    const auto* state = init != nullptr ? latest(init->name) : nullptr;
    return state != nullptr && state->exited() && !init->restart_always && state->exit_code != 0;
}

bool PodSnapshot::completed() const {
    if (init_failed()) return true;
    const auto ended = [&](const Container& spec) {
        const auto* state = latest(spec.name);
        return state != nullptr && state->exited() && !restart_time(spec, *state) &&
               !is_lost(spec.name);
    };
    const auto& containers = pod_.spec.containers;
    return std::all_of(containers.begin(), containers.end(), ended);
}

bool PodSnapshot::is_started(const ContainerState& container) const {
    if (!container.running() || memory_.starting.contains(container.id)) return false;
    return verdict(container).started;
}

bool PodSnapshot::is_ready(const ContainerState& container) const {
    if (!is_started(container) || memory_.stopping.contains(container.id)) return false;
    return verdict(container).ready;
}

ProbeVerdict PodSnapshot::verdict(const ContainerState& container) const {
    if (const auto found = memory_.probes.find(container.id); found != memory_.probes.end())
        return found->second;
    const auto* spec = pod_.find_container(container.label(label::kContainerName));
    if (spec == nullptr) return {};
    auto verdict = initial_verdict(*spec);
    // A container that this agent takes over is what it was last said to be: a restarted agent
    // makes nothing unready.
    const auto* reported = pod_.status ? find_reported(*pod_.status, spec->name) : nullptr;
    if (reported != nullptr &&
        json_read::text(*reported, "containerID") == "docker://" + container.id) {
        verdict.started = verdict.started || json_read::boolean(*reported, "started");
        verdict.ready = verdict.ready || json_read::boolean(*reported, "ready");
    }
    return verdict;
}

std::string PodSnapshot::address() const {
    if (pod_.spec.host_network) return {};
    if (needs_sandbox(pod_)) return sandbox() != nullptr ? sandbox()->address : std::string();
    for (const auto& container : pod_.spec.containers) {
        if (const auto* state = latest(container.name); state != nullptr && state->running())
            return state->address;
    }
    return {};
}

}  // namespace picket::nodeagent
