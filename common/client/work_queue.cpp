#include "common/client/work_queue.hpp"

#include "common/async/loop_clock.hpp"
#include "common/client/backoff.hpp"

#include <utility>
#include <vector>

namespace picket::client {

WorkQueue::WorkQueue(
    boost::asio::any_io_executor executor,
    std::chrono::milliseconds first_retry,
    std::chrono::milliseconds longest_retry)
    : first_retry_(first_retry),
      longest_retry_(longest_retry),
      ready_signal_(executor, std::chrono::steady_clock::time_point::max()),
      delay_timer_(executor) {}

void WorkQueue::add(std::string key) {
    if (working_.contains(key)) {
        again_.insert(std::move(key));
        return;
    }
    if (!waiting_.insert(key).second) return;
    ready_.push_back(std::move(key));
    ready_signal_.cancel_one();
}

void WorkQueue::add_after(std::string key, std::chrono::milliseconds delay) {
    if (delay <= std::chrono::milliseconds::zero()) return add(std::move(key));
    const auto due = LoopClock::now() + delay;
    const auto [known, is_new] = delayed_until_.try_emplace(key, due);
    if (!is_new && known->second <= due) return;
    if (!is_new) delayed_.erase({known->second, key});
    known->second = due;
    delayed_.emplace(due, std::move(key));
    arm();
}

void WorkQueue::add_failed(std::string key) {
    const auto delay = backoff_delay(failures_[key]++, first_retry_, longest_retry_);
    add_after(std::move(key), delay);
}

void WorkQueue::forget(const std::string& key) {
    failures_.erase(key);
}

Awaitable<std::string> WorkQueue::next() {
    while (ready_.empty()) co_await ready_signal_.async_wait(as_result);
    auto key = std::move(ready_.front());
    ready_.pop_front();
    waiting_.erase(key);
    working_.insert(key);
    co_return key;
}

void WorkQueue::done(const std::string& key) {
    working_.erase(key);
    if (again_.erase(key) > 0) add(key);
}

/// Waits for the earliest of the delayed keys.
void WorkQueue::arm() {
    delay_timer_.expires_at(delayed_.begin()->first);
    delay_timer_.async_wait([this, alive = std::weak_ptr(alive_)](boost::system::error_code error) {
        if (!error && !alive.expired()) release_due();
    });
}

void WorkQueue::release_due() {
    const auto now = LoopClock::now();
    while (!delayed_.empty() && delayed_.begin()->first <= now) {
        auto due = delayed_.extract(delayed_.begin());
        delayed_until_.erase(due.value().second);
        add(std::move(due.value().second));
    }
    if (!delayed_.empty()) arm();
}

}  // namespace picket::client
