#pragma once
#include "apiserver/storage/collection.hpp"
#include "apiserver/storage/history.hpp"
#include "apiserver/storage/log_file.hpp"
#include "apiserver/storage/log_space.hpp"
#include "apiserver/storage/watch_hub.hpp"

#include <memory>

namespace picket::storage {

/// What readers and watchers see: live objects, their history and the open watches, all of one
/// revision. Loop thread only; knows no disk.
class PublishedState {
public:
    struct Options {
        std::vector<std::string> indexed_fields;
        History::Limits history;
        std::size_t watcher_queue;
    };

    PublishedState(boost::asio::any_io_executor executor, Options options, Revision oldest);

    /// Rows of the file, in revision order, before anything is published.
    void restore(const LogRow& row);
    /// Ends the restoring; `revision` may be beyond the last row.
    void restored(Revision revision);
    /// Makes one change visible and offers it to watchers.
    Written publish(const LogRow& row, bool durable);
    /// A state lies in a further row now.
    void copied(const LogRow& row);
    /// Drops history beyond its limits; what the file no longer needs, if that is news.
    std::optional<Cut> trim();
    /// States to be copied forward, the ones in the oldest rows, so that the file stays within its
    /// bounds: at most `most`, up to one that is `busy`.
    [[nodiscard]] std::vector<StoredPtr> to_copy(
        std::size_t most, const std::function<bool(const ObjectKey&)>& busy) const;
    void end_watches() { hub_->end_all(); }

    [[nodiscard]] StoredPtr find(const ObjectKey& key) const;
    [[nodiscard]] ListResult list(
        const std::string& resource,
        const Filter& filter,
        std::size_t limit,
        const std::optional<ObjectKey>& after) const;
    Result<std::unique_ptr<Watcher>> watch(
        const std::string& resource, Filter filter, Revision from);
    [[nodiscard]] Revision revision() const { return hub_->revision(); }
    [[nodiscard]] Revision oldest_watchable() const { return history_.oldest(); }
    [[nodiscard]] std::size_t count(const std::string& resource) const;
    /// What the live objects cost in memory, about.
    [[nodiscard]] std::size_t live_bytes() const { return live_bytes_; }
    [[nodiscard]] static std::size_t cost_of(const StoredPtr& object);
    [[nodiscard]] std::uint64_t changes(const std::string& resource) const;

private:
    Collection& collection(const std::string& resource);
    Collection::Entry apply(const LogRow& row, bool durable);

    [[nodiscard]] std::size_t allowed_history() const;
    [[nodiscard]] std::size_t allowed_space() const;

    Options options_;
    Collection::ByRow by_row_;  // before the collections, whose objects are in it
    std::map<std::string, Collection, std::less<>> collections_;
    History history_;
    std::shared_ptr<WatchHub> hub_;
    LogSpace space_;
    std::size_t live_bytes_ = 0;
    std::size_t live_row_bytes_ = 0;
};

}  // namespace picket::storage
