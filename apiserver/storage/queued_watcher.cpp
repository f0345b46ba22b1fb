#include "apiserver/storage/queued_watcher.hpp"

#include "apiserver/storage/transition.hpp"
#include "common/async/loop_clock.hpp"

#include <utility>

namespace picket::storage {

QueuedWatcher::QueuedWatcher(
    std::shared_ptr<WatchHub> hub,
    boost::asio::any_io_executor executor,
    std::string resource,
    Filter filter,
    Revision from)
    : hub_(std::move(hub)),
      resource_(std::move(resource)),
      filter_(std::move(filter)),
      handed_out_(from),
      wake_(std::move(executor)) {
    hub_->enter(*this);
}

QueuedWatcher::~QueuedWatcher() {
    hub_->leave(*this);
}

Awaitable<Result<std::vector<WatchEvent>>> QueuedWatcher::next() {
    while (queue_.empty() && ended_.empty()) co_await wake_.wait();
    co_return take();
}

Awaitable<Result<std::vector<WatchEvent>>> QueuedWatcher::next_for(
    std::chrono::steady_clock::duration timeout) {
    const auto end = LoopClock::now() + timeout;
    while (queue_.empty() && ended_.empty()) {
        if (!co_await wake_.wait_for(end - LoopClock::now())) break;
    }
    co_return take();
}

Result<std::vector<WatchEvent>> QueuedWatcher::take() {
    if (!ended_.empty()) return Error{.reason = Reason::Expired, .message = ended_};
    handed_out_ = hub_->revision();
    queued_bytes_ = 0;
    return std::exchange(queue_, {});
}

Revision QueuedWatcher::progress() const {
    return queue_.empty() && ended_.empty() ? hub_->revision() : handed_out_;
}

/// Past events come from memory that is kept anyway, so they do not count against the limit.
void QueuedWatcher::replay(const Event& event) {
    if (auto seen = transition(filter_, event)) queue_.push_back(std::move(*seen));
}

void QueuedWatcher::offer(const Event& event) {
    if (!ended_.empty()) return;
    auto seen = transition(filter_, event);
    if (!seen) return;
    queued_bytes_ += event.object->bytes->size();
    if (queue_.size() >= queue_limit_ || queued_bytes_ > WatchHub::kQueueBytes) {
        end("the watch fell too far behind and was cut off");
        return;
    }
    queue_.push_back(std::move(*seen));
    if (queue_.size() == 1) wake_.notify();
}

void QueuedWatcher::end(std::string why) {
    queue_ = {};
    ended_ = std::move(why);
    wake_.notify();
}

}  // namespace picket::storage
