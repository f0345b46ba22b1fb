#include "apiserver/storage/sqlite_store.hpp"

#include "apiserver/storage/published_state.hpp"
#include "apiserver/storage/write_pipeline.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"

#include <boost/asio/post.hpp>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace picket::storage {
namespace {

PublishedState::Options state_options(const SqliteStoreOptions& options) {
    return {
        options.indexed_fields,
        {options.history_events, options.history_bytes},
        options.watcher_queue};
}

/// Every row of the file, made visible; the last revision that may have been handed out.
Revision restore(PublishedState& state, LogFile& file, const std::string& path) {
    Revision last = file.reserved();
    std::size_t rows = 0;
    file.load([&](LogRow row) {
        last = std::max(last, row.place);
        ++rows;
        state.restore(row);
    });
    state.restored(last);
    logger("store")->info("opened path={} rows={} revision={}", path, rows, last);
    return last;
}

/// How a backup ended, told from the writer's thread to the coroutine that asked for it.
struct BackupOutcome {
    explicit BackupOutcome(const boost::asio::any_io_executor& executor) : told(executor) {}
    Notification told;
    std::optional<Result<void>> result = {};
};

/// Reads come from what is published, writes go through the pipeline that publishes them.
class Impl final : public SqliteStore {
public:
    Impl(boost::asio::any_io_executor executor, const SqliteStoreOptions& options, LogFile file)
        : executor_(std::move(executor)), state_(executor_, state_options(options), file.oldest()) {
        const auto last = restore(state_, file, options.path);
        pipeline_.emplace(
            executor_,
            WritePipeline::Options{
                options.path,
                options.live_bytes,
                options.waiting_writes,
                options.retry,
                options.reports ? options.reports : executor_},
            state_,
            std::move(file),
            last);
    }

    StoredPtr get(const ObjectKey& key) const override { return state_.find(key); }
    ListResult list(
        const std::string& resource,
        const Filter& filter,
        std::size_t limit,
        const std::optional<ObjectKey>& after) const override {
        return state_.list(resource, filter, limit, after);
    }
    Awaitable<Result<Written>> write(ObjectKey key, Mutation mutation) override {
        return pipeline_->write(std::move(key), std::move(mutation));
    }
    Awaitable<std::vector<Result<Written>>> write_all(std::vector<WriteOrder> orders) override {
        return pipeline_->write_all(std::move(orders));
    }
    Result<std::unique_ptr<Watcher>> watch(
        const std::string& resource, Filter filter, Revision from) override {
        return state_.watch(resource, std::move(filter), from);
    }
    Revision revision() const override { return state_.revision(); }
    Revision oldest_watchable() const override { return state_.oldest_watchable(); }
    std::size_t count(const std::string& resource) const override { return state_.count(resource); }
    std::uint64_t changes(const std::string& resource) const override {
        return state_.changes(resource);
    }
    Awaitable<Result<void>> back_up(std::string path, std::vector<SideFile> files) override;
    std::size_t unsettled() const override { return pipeline_->unsettled(); }
    Awaitable<> close() override;

private:
    boost::asio::any_io_executor executor_;
    PublishedState state_;
    std::optional<WritePipeline> pipeline_;  // made from what the file was restored to
};

Awaitable<Result<void>> Impl::back_up(std::string path, std::vector<SideFile> files) {
    const auto outcome = std::make_shared<BackupOutcome>(executor_);
    BackupOrder order{std::move(path), std::move(files), {}};
    order.done = [executor = executor_, outcome](Result<void> result) {
        boost::asio::post(executor, [outcome, result = std::move(result)]() mutable {
            outcome->result.emplace(std::move(result));
            outcome->told.notify();
        });
    };
    if (auto taken = pipeline_->back_up(std::move(order)); !taken) co_return taken;
    while (!outcome->result) co_await outcome->told.wait();
    co_return *outcome->result;
}

Awaitable<> Impl::close() {
    co_await pipeline_->drain();
    state_.end_watches();
    co_await pipeline_->close();
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(
    boost::asio::any_io_executor executor, SqliteStoreOptions options) {
    auto file = LogFile::open({options.path, options.attributes_version, options.attributes});
    if (!file) return file.error();
    return std::unique_ptr<SqliteStore>(
        std::make_unique<Impl>(std::move(executor), options, std::move(*file)));
}

}  // namespace picket::storage
