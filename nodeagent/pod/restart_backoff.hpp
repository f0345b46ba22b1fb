#pragma once
#include "common/base/clock.hpp"
#include "nodeagent/pod/pod.hpp"

namespace picket::nodeagent {

/// How long a container waits before it is started again: the first restart is at once, the next 10
/// s after the exit, then 20, 40, 80, 160 and 300 s for ever. It starts over when the container
/// ended more than 10 minutes after the last step.
struct RestartBackOff {
    Duration delay{0};  ///< zero: the next restart is at once
    TimePoint stepped{};
};

/// When a container that ended at `finished` may start again.
[[nodiscard]] TimePoint may_restart_at(const RestartBackOff& backoff, TimePoint finished);
/// The state after a restart that was due to an end at `finished`.
[[nodiscard]] RestartBackOff after_restart(const RestartBackOff& backoff, TimePoint finished);

/// 10 s doubling to 5 min for things that fail without a container: pulls, refused creations.
struct RetryBackOff {
    Duration delay{0};
    TimePoint next{};
    void fail(TimePoint now);
};

/// No back-off is longer than five minutes: a moment further away was set by a clock that was wrong
/// and has been set back since, and counts as reached.
[[nodiscard]] TimePoint within_reach(TimePoint moment, TimePoint now);

[[nodiscard]] bool should_restart(RestartPolicy policy, int exit_code);

}  // namespace picket::nodeagent
