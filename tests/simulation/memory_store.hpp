#pragma once
/// The store of a simulated server: the published state of the real one, over a disk that is a
/// list. A write takes a moment before it is decided and one before it is answered, and nothing
/// depends on another thread.
#include "apiserver/storage/log_file.hpp"
#include "apiserver/storage/published_state.hpp"
#include "apiserver/storage/sqlite_store.hpp"
#include "common/base/random.hpp"

#include <memory>
#include <vector>

namespace picket::simulation {

/// What outlives a server: every durable change, and the next revision.
struct MemoryDisk {
    MemoryDisk(std::uint64_t seed, std::size_t events) : random(seed), history_events(events) {}
    std::vector<storage::LogRow> rows;
    Random random;  ///< how long writes take
    std::size_t history_events;
    storage::Revision next = 2;
    bool full = false;  ///< takes no durable write
};

class MemoryStore final : public storage::SqliteStore {
public:
    MemoryStore(boost::asio::any_io_executor executor, MemoryDisk& disk);

    [[nodiscard]] storage::StoredPtr get(const storage::ObjectKey& key) const override {
        return state_.find(key);
    }
    [[nodiscard]] storage::ListResult list(
        const std::string& resource,
        const storage::Filter& filter,
        std::size_t limit,
        const std::optional<storage::ObjectKey>& after) const override {
        return state_.list(resource, filter, limit, after);
    }
    Awaitable<Result<storage::Written>> write(
        storage::ObjectKey key, storage::Mutation mutation) override;
    Awaitable<std::vector<Result<storage::Written>>> write_all(
        std::vector<storage::WriteOrder> orders) override;
    Result<std::unique_ptr<storage::Watcher>> watch(
        const std::string& resource, storage::Filter filter, storage::Revision from) override {
        return state_.watch(resource, std::move(filter), from);
    }
    [[nodiscard]] storage::Revision revision() const override { return state_.revision(); }
    [[nodiscard]] storage::Revision oldest_watchable() const override {
        return state_.oldest_watchable();
    }
    [[nodiscard]] std::size_t count(const std::string& resource) const override {
        return state_.count(resource);
    }
    [[nodiscard]] std::uint64_t changes(const std::string& resource) const override {
        return state_.changes(resource);
    }
    Awaitable<Result<void>> back_up(
        std::string path, std::vector<storage::SideFile> files) override;
    [[nodiscard]] std::size_t unsettled() const override { return 0; }
    Awaitable<> close() override;

private:
    storage::Written apply(
        storage::ObjectKey key, const storage::StoredPtr& current, storage::Outcome outcome);

    Awaitable<> moment();

    MemoryDisk& disk_;
    bool closed_ = false;
    storage::PublishedState state_;
};

}  // namespace picket::simulation
