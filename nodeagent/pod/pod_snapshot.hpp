#pragma once
#include "common/base/clock.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/pod_memory.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace picket::nodeagent {

/// One moment of a pod: what is wanted, what the engine has, what the agent remembers. Plan and
/// status read the same snapshot, so they never disagree. The referenced objects outlive it.
class PodSnapshot {
public:
    PodSnapshot(
        const Pod& pod,
        const std::vector<ContainerState>& containers,
        const PodMemory& memory,
        TimePoint now)
        : pod_(pod), containers_(containers), memory_(memory), now_(now) {}

    [[nodiscard]] const Pod& pod() const { return pod_; }
    [[nodiscard]] const std::vector<ContainerState>& containers() const { return containers_; }
    [[nodiscard]] const PodMemory& memory() const { return memory_; }
    [[nodiscard]] TimePoint now() const { return now_; }

    /// The engine's containers of this entry, the newest first.
    [[nodiscard]] std::vector<const ContainerState*> instances(std::string_view container) const;
    [[nodiscard]] const ContainerState* latest(std::string_view container) const;
    /// The newest running sandbox, or null.
    [[nodiscard]] const ContainerState* sandbox() const;

    /// The highest attempt ever known, −1 if there was none: from the engine, from what was lost,
    /// and from the status that the API kept.
    [[nodiscard]] int last_attempt(std::string_view container) const;
    /// Removed behind the agent's back and not made again yet.
    [[nodiscard]] bool is_lost(std::string_view container) const;

    /// When an ended container may start again; nothing if it never will.
    [[nodiscard]] std::optional<TimePoint> restart_time(
        const Container& spec, const ContainerState& ended) const;
    [[nodiscard]] bool is_init(std::string_view container) const;
    /// False for a container of a sandbox that is no more, and for one from before the host's boot.
    [[nodiscard]] bool belongs_to_current_sandbox(const ContainerState& container) const;
    /// Every init container has done its part. Ordinary containers of the current sandbox prove it.
    [[nodiscard]] bool initialized() const;
    /// The entry whose turn it is while the pod is not initialized.
    [[nodiscard]] const Container* current_init() const;
    /// Whether the pod's end is reached: all ordinary containers ended and none will start again,
    /// or an init container failed for good.
    [[nodiscard]] bool completed() const;
    [[nodiscard]] bool init_failed() const;

    [[nodiscard]] bool is_started(const ContainerState& container) const;
    [[nodiscard]] bool is_ready(const ContainerState& container) const;
    /// What the probes say; before the first one, what the spec starts with.
    [[nodiscard]] ProbeVerdict verdict(const ContainerState& container) const;
    /// The address of the pod's own network; empty when unknown or the host's.
    [[nodiscard]] std::string address() const;

private:
    [[nodiscard]] bool init_done(const Container& init) const;

    const Pod& pod_;
    const std::vector<ContainerState>& containers_;
    const PodMemory& memory_;
    TimePoint now_;
};

/// A readiness or startup probe starts as failed, a liveness probe as good.
[[nodiscard]] ProbeVerdict initial_verdict(const Container& spec);

/// When a container ended, as far as is known; one that never started counts from its creation.
[[nodiscard]] TimePoint end_time(const ContainerState& container, TimePoint fallback);

}  // namespace picket::nodeagent
