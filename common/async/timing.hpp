#pragma once
#include "common/async/awaitable.hpp"
#include "common/async/loop_clock.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <list>

namespace picket {

/// Suspends for `delay`; throws system_error(operation_aborted) when cancelled.
Awaitable<> sleep_for(std::chrono::steady_clock::duration delay);

/// A level-triggered wake-up between coroutines of one loop thread: notify() means "look at the
/// state again". A notification that comes while nobody waits is kept (once), so none is lost.
class Notification {
public:
    explicit Notification(boost::asio::any_io_executor executor);
    Notification(const Notification&) = delete;
    Notification& operator=(const Notification&) = delete;
    void notify();
    /// Returns after the next notify(), at once if one is pending.
    Awaitable<> wait();
    /// As wait(), but false when `timeout` passes first.
    Awaitable<bool> wait_for(std::chrono::steady_clock::duration timeout);

private:
    struct Waiter {
        Timer timer;
        bool notified = false;
    };
    Awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);

    boost::asio::any_io_executor executor_;
    std::list<Waiter> waiters_;  // every coroutine that waits now; notify() wakes all
    bool pending_ = false;
};

}  // namespace picket
