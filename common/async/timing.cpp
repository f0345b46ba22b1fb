#include "common/async/timing.hpp"

#include "common/async/loop_clock.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include <utility>

namespace picket {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Adds without overflow, so that duration::max() means "never".
SteadyTime after(std::chrono::steady_clock::duration delay) {
    const auto now = LoopClock::now();
    return delay > SteadyTime::max() - now ? SteadyTime::max() : now + delay;
}

/// Takes its element out of the list however the scope ends, also when the waiting coroutine is
/// destroyed.
template <class List>
class ScopedElement {
public:
    ScopedElement(List& list, typename List::iterator element) : list_(list), element_(element) {}
    ~ScopedElement() { list_.erase(element_); }
    ScopedElement(const ScopedElement&) = delete;
    ScopedElement& operator=(const ScopedElement&) = delete;

private:
    List& list_;
    typename List::iterator element_;
};

}  // namespace

Awaitable<> sleep_for(std::chrono::steady_clock::duration delay) {
    Timer timer(co_await boost::asio::this_coro::executor, after(delay));
    co_await timer.async_wait(use_awaitable);
}

Notification::Notification(boost::asio::any_io_executor executor)
    : executor_(std::move(executor)) {}

void Notification::notify() {
    if (waiters_.empty()) pending_ = true;
    for (auto& waiter : waiters_) {
        waiter.notified = true;
        waiter.timer.cancel();
    }
}

Awaitable<> Notification::wait() {
    co_await wait_until(SteadyTime::max());
}

Awaitable<bool> Notification::wait_for(std::chrono::steady_clock::duration timeout) {
    return wait_until(after(timeout));
}

Awaitable<bool> Notification::wait_until(SteadyTime deadline) {
    if (std::exchange(pending_, false)) co_return true;
    const auto waiter = waiters_.emplace(waiters_.end(), Timer(executor_, deadline));
    const ScopedElement registered(waiters_, waiter);
    const auto [error] = co_await waiter->timer.async_wait(as_result);
    if (error && !waiter->notified) throw boost::system::system_error(error);
    co_return waiter->notified;
}

}  // namespace picket
