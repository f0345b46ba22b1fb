#pragma once
#include "apiserver/storage/history.hpp"
#include "apiserver/storage/store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string_view>
#include <unordered_map>

namespace picket::storage {

class QueuedWatcher;

/// Every open watch, found by what it is restricted to: an event costs only the watchers that it
/// may concern. Loop thread only. Each watcher shares the hub, so a watcher may outlive the store.
class WatchHub : public std::enable_shared_from_this<WatchHub> {
public:
    /// What one watcher may keep from being freed, whatever the number of its events.
    static constexpr std::size_t kQueueBytes = 32U << 20U;

    WatchHub(boost::asio::any_io_executor executor, std::size_t queue_limit, Revision revision);
    ~WatchHub();

    /// A watcher that has already been offered what `history` holds after `from`.
    std::unique_ptr<Watcher> open(
        const std::string& resource, Filter filter, Revision from, const History& history);
    void publish(const Event& event);
    /// The newest revision is this one, without an event.
    void advance(Revision revision) { revision_ = revision; }
    /// Every watch ends; for a store that closes.
    void end_all();
    /// Of the newest published event.
    [[nodiscard]] Revision revision() const { return revision_; }

private:
    friend class QueuedWatcher;

    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>{}(text);
        }
    };
    using Bucket = std::vector<QueuedWatcher*>;
    using Buckets = std::unordered_map<std::string, Bucket, Hash, std::equal_to<>>;
    /// Each watcher is in exactly one bucket: that of its most selective restriction.
    struct ResourceWatchers {
        std::unordered_map<std::string, Buckets, Hash, std::equal_to<>> by_field;
        Buckets by_name;
        Buckets by_namespace;
        Bucket unrestricted;
    };

    static Bucket& bucket_of(ResourceWatchers& watchers, const Filter& filter);
    static void forget_if_empty(ResourceWatchers& watchers, const Filter& filter);
    static void offer(const Bucket& bucket, const Event& event);
    static void offer(const Buckets& buckets, std::string_view value, const Event& event);
    void enter(QueuedWatcher& watcher);
    void leave(QueuedWatcher& watcher);

    boost::asio::any_io_executor executor_;
    std::size_t queue_limit_;
    Revision revision_;
    std::unordered_map<std::string, ResourceWatchers> resources_;
};

}  // namespace picket::storage
