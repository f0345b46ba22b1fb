#pragma once
#include "apiserver/storage/watch_hub.hpp"
#include "common/async/timing.hpp"

namespace picket::storage {

/// The watcher that the hub hands out: a bounded queue of events that passed its filter.
class QueuedWatcher final : public Watcher {
public:
    QueuedWatcher(
        std::shared_ptr<WatchHub> hub,
        boost::asio::any_io_executor executor,
        std::string resource,
        Filter filter,
        Revision from);
    ~QueuedWatcher() override;
    QueuedWatcher(const QueuedWatcher&) = delete;
    QueuedWatcher& operator=(const QueuedWatcher&) = delete;

    Awaitable<Result<std::vector<WatchEvent>>> next() override;
    Awaitable<Result<std::vector<WatchEvent>>> next_for(
        std::chrono::steady_clock::duration timeout) override;
    [[nodiscard]] Revision progress() const override;

private:
    friend class WatchHub;

    Result<std::vector<WatchEvent>> take();
    void replay(const Event& event);
    void offer(const Event& event);
    void end(std::string why);

    std::shared_ptr<WatchHub> hub_;
    std::string resource_;
    Filter filter_;
    std::vector<WatchEvent> queue_;
    std::size_t queue_limit_ = 0;
    std::size_t queued_bytes_ = 0;  ///< of what offer() has put into the queue
    Revision handed_out_;
    std::string ended_;  ///< why; empty while it runs
    Notification wake_;
    std::size_t position_ = 0;  ///< in its bucket of the hub
};

}  // namespace picket::storage
