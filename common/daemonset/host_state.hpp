#pragma once
#include "common/daemonset/status.hpp"
#include "common/daemonset/survey.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::daemonset {

/// What is going on with one set on one host. Each host has exactly one of these; docs/daemonset.md
/// says what each means.
enum class HostState {
    Running,
    BecomingAvailable,
    Starting,
    NotReady,
    WaitingForImage,
    CrashLooping,
    CannotStart,
    RefusedCpu,
    RefusedMemory,
    RefusedPort,
    Refused,
    Failed,
    Finished,
    Absent,
    Stopping,
    BeingUpdated,
    WaitingForTurn,
    KeptUntilDeleted,
    SetAside,
    NodeSilent,
    Misscheduled,
    Leaving,
    NodeNameMismatch,
    NodeSelectorMismatch,
    NodeAffinityMismatch,
    AffinityAnnotationMismatch,
    UntoleratedTaint,
};
inline constexpr int kHostStates = static_cast<int>(HostState::UntoleratedTaint) + 1;
[[nodiscard]] std::string_view host_state_name(HostState state);

struct HostReport {
    std::string node;
    HostState state = HostState::Absent;
    std::optional<TimePoint> since = std::nullopt;  ///< where something says it
    std::string evidence = {};  ///< what says so: a label, a taint, a message; for people
    PodPtr pod = nullptr;       ///< the one that speaks for the host
    bool updated = false;       ///< `pod` is of the current template
    /// The host was broken or silent before its turn: an update goes on without it.
    bool set_aside = false;
    /// The host's share of the status counters.
    DaemonSetStatus counts = {};
};

/// Of one existing node. Reads the same situation as plan and status, so the three cannot disagree.
[[nodiscard]] HostReport report_host(const StatusInput& input, const NodeSituation& situation);

/// Of every existing node, by name.
[[nodiscard]] std::vector<HostReport> report_hosts(const StatusInput& input);

}  // namespace picket::daemonset
