#include "nodeagent/pod/restart_backoff.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
constexpr Duration kFirstDelay = 10s;
constexpr Duration kLongestDelay = 300s;
constexpr Duration kGoodRun = 10min;

bool starts_over(const RestartBackOff& backoff, TimePoint finished) {
    return backoff.delay == Duration::zero() || finished - backoff.stepped > kGoodRun;
}

Duration next_delay(Duration delay) {
    return delay == Duration::zero() ? kFirstDelay : std::min(delay * 2, kLongestDelay);
}

}  // namespace

TimePoint may_restart_at(const RestartBackOff& backoff, TimePoint finished) {
    return starts_over(backoff, finished) ? finished : finished + backoff.delay;
}

RestartBackOff after_restart(const RestartBackOff& backoff, TimePoint finished) {
    return {starts_over(backoff, finished) ? kFirstDelay : next_delay(backoff.delay), finished};
}

void RetryBackOff::fail(TimePoint now) {
    delay = next_delay(delay);
    next = now + delay;
}

TimePoint within_reach(TimePoint moment, TimePoint now) {
    return moment > now + kLongestDelay ? now : moment;
}

bool should_restart(RestartPolicy policy, int exit_code) {
    switch (policy) {
        case RestartPolicy::Always:
            return true;
        case RestartPolicy::OnFailure:
            return exit_code != 0;
        case RestartPolicy::Never:
            break;
    }
    return false;
}

}  // namespace picket::nodeagent
