#pragma once
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/wait_traits.hpp>

#include <chrono>
#include <optional>

namespace picket {

/// What timers and deadlines go by: the steady clock, or the time of a simulation.
class LoopClock {
public:
    using duration = std::chrono::steady_clock::duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::steady_clock::time_point;
    static constexpr bool is_steady = true;

    [[nodiscard]] static time_point now();
    /// How long the loop may sleep when its next timer ends after `rest`. In a simulation it never
    /// sleeps.
    [[nodiscard]] static duration sleep_for(duration rest);
};

/// While one lives, the timers of this thread's loops go by it: time stands still until it is
/// moved, and poll() runs what is due. So a simulation passes hours in a moment, and always in the
/// same order. Made before the first timer, destroyed after the last.
class VirtualTime {
public:
    VirtualTime();
    ~VirtualTime();
    VirtualTime(const VirtualTime&) = delete;
    VirtualTime& operator=(const VirtualTime&) = delete;

    [[nodiscard]] LoopClock::time_point now() const { return now_; }
    /// The earliest timer, as the loop saw it when it last looked; nothing if there is none.
    [[nodiscard]] std::optional<LoopClock::time_point> next() const { return next_; }
    void move_to(LoopClock::time_point moment);

private:
    friend class LoopClock;
    LoopClock::time_point now_{std::chrono::hours(1)};
    std::optional<LoopClock::time_point> next_;
};

}  // namespace picket

template <>
struct boost::asio::wait_traits<picket::LoopClock> {
    static picket::LoopClock::duration to_wait_duration(const picket::LoopClock::duration& rest) {
        return picket::LoopClock::sleep_for(rest);
    }
    static picket::LoopClock::duration to_wait_duration(const picket::LoopClock::time_point& end) {
        return picket::LoopClock::sleep_for(end - picket::LoopClock::now());
    }
};

namespace picket {

using Timer = boost::asio::basic_waitable_timer<LoopClock>;

}  // namespace picket
