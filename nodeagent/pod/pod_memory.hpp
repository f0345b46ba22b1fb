#pragma once
#include "nodeagent/pod/restart_backoff.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace picket::nodeagent {

/// Why a pod or container does not go on, in Kubernetes' words.
struct StateReason {
    std::string reason;
    std::string message;
    bool operator==(const StateReason&) const = default;
};

/// The image of a container that is about to start.
struct ImageState {
    enum class Phase { Unknown, Working, Ready, Failed };
    Phase phase = Phase::Unknown;
    ImageInfo image = {};      ///< Ready
    std::string stale = {};    ///< Ready, but the pull failed: the registry's words
    StateReason failure = {};  ///< Failed: ErrImagePull, ErrImageNeverPull, InvalidImageName …
    bool backing_off = false;  ///< Failed and shown as ImagePullBackOff
    std::string progress = {};
    RetryBackOff backoff = {};
};

/// A container that could not be made or started.
struct StartFailure {
    StateReason why;
    RetryBackOff backoff;
};

/// What the probes say of the running container.
struct ProbeVerdict {
    bool started = true;     ///< no startup probe, or it has succeeded
    bool ready = true;       ///< no readiness probe, or it is good
    bool unhealthy = false;  ///< liveness or startup failed often enough: kill it
    std::optional<std::int64_t> kill_grace_seconds = {};
};

/// A container that was removed behind the agent's back.
struct LostContainer {
    int attempt = -1;
    TimePoint at{};
};

/// The images of the revision that is to follow this pod.
struct PrefetchState {
    std::string revision;
    StateReason why;  ///< Pulling, Pulled, or why not
    bool done = false;
};

/// What the agent knows of a pod and the engine cannot tell. Owned by the pod's worker; read by the
/// plan and the status.
struct PodMemory {
    std::string boot;                     ///< of the host, at which the agent runs
    std::optional<StateReason> rejected;  ///< refused by this node, or evicted: phase Failed
    bool ended = false;                   ///< reached Succeeded or Failed: nothing starts any more
    bool volumes_ready = false;
    bool files_stale = false;  ///< what the files of volumes are made from has changed
    std::optional<PrefetchState> prefetch;
    std::optional<TimePoint> renew_files_at = {};  ///< before a token in them ends
    std::optional<StartFailure> volume_failure;
    std::optional<StartFailure> sandbox_failure;
    std::map<std::string, RestartBackOff> restarts;  ///< by container
    std::map<std::string, ImageState> images;        ///< by container
    std::map<std::string, StartFailure> failures;    ///< by container
    std::map<std::string, ProbeVerdict> probes;      ///< by container id
    std::map<std::string, LostContainer> lost;       ///< by container
    std::map<std::string, std::string> messages;     ///< last words, by container id
    std::set<std::string> starting;  ///< container ids whose postStart hook still runs
    std::set<std::string> stopping;  ///< container ids with a stop under way
};

}  // namespace picket::nodeagent
