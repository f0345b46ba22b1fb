#pragma once
#include "apiserver/storage/sqlite_store.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace picket::simulation {

/// What a server has promised: every acknowledged write, and the highest revision anybody has seen.
/// Outlives the servers that promise.
class Ledger {
public:
    void begin(const storage::ObjectKey& key) { ++in_flight_[key]; }
    void acknowledge(const storage::ObjectKey& key, const storage::Written& written);
    void end(const storage::ObjectKey& key);
    /// Nobody learns how this write ended.
    void abandon(const storage::ObjectKey& key);
    void saw(storage::Revision revision) {
        if (listening_) highest_ = std::max(highest_, revision);
    }
    /// The process is dead: what it still does reaches nobody.
    void stop_listening();
    /// A new server is there: which promises it breaks.
    std::vector<std::string> audit(const storage::Store& store);

private:
    struct Promise {
        storage::Revision revision = 0;
        bool removed = false;
    };
    std::map<storage::ObjectKey, Promise> promises_;
    std::map<storage::ObjectKey, int> in_flight_;
    std::set<storage::ObjectKey> uncertain_;
    storage::Revision highest_ = 0;
    bool listening_ = true;
};

/// A store whose answers are noted in a ledger.
class LedgerStore final : public storage::SqliteStore {
public:
    LedgerStore(std::unique_ptr<storage::SqliteStore> store, Ledger& ledger)
        : store_(std::move(store)), ledger_(ledger) {}

    [[nodiscard]] storage::StoredPtr get(const storage::ObjectKey& key) const override {
        return store_->get(key);
    }
    [[nodiscard]] storage::ListResult list(
        const std::string& resource,
        const storage::Filter& filter,
        std::size_t limit,
        const std::optional<storage::ObjectKey>& after) const override {
        return store_->list(resource, filter, limit, after);
    }
    Awaitable<Result<storage::Written>> write(
        storage::ObjectKey key, storage::Mutation mutation) override;
    Awaitable<std::vector<Result<storage::Written>>> write_all(
        std::vector<storage::WriteOrder> orders) override;
    Result<std::unique_ptr<storage::Watcher>> watch(
        const std::string& resource, storage::Filter filter, storage::Revision from) override {
        return store_->watch(resource, std::move(filter), from);
    }
    [[nodiscard]] storage::Revision revision() const override { return store_->revision(); }
    [[nodiscard]] storage::Revision oldest_watchable() const override {
        return store_->oldest_watchable();
    }
    [[nodiscard]] std::size_t count(const std::string& resource) const override {
        return store_->count(resource);
    }
    [[nodiscard]] std::uint64_t changes(const std::string& resource) const override {
        return store_->changes(resource);
    }
    Awaitable<Result<void>> back_up(
        std::string path, std::vector<storage::SideFile> files) override {
        return store_->back_up(std::move(path), std::move(files));
    }
    [[nodiscard]] std::size_t unsettled() const override { return store_->unsettled(); }
    Awaitable<> close() override { return store_->close(); }

private:
    std::unique_ptr<storage::SqliteStore> store_;
    Ledger& ledger_;
};

}  // namespace picket::simulation
