#include "tests/simulation/memory_store.hpp"

#include "common/async/timing.hpp"

#include <utility>

namespace picket::simulation {
namespace {

using namespace storage;

PublishedState::Options state_options(const MemoryDisk& disk) {
    const SqliteStoreOptions real;
    return {real.indexed_fields, {disk.history_events, real.history_bytes}, real.watcher_queue};
}

}  // namespace

MemoryStore::MemoryStore(boost::asio::any_io_executor executor, MemoryDisk& disk)
    : disk_(disk), state_(std::move(executor), state_options(disk), 1) {
    for (const auto& row : disk_.rows) state_.restore(row);
    state_.restored(disk_.next - 1);
}

Awaitable<Result<Written>> MemoryStore::write(ObjectKey key, Mutation mutation) {
    co_await moment();
    if (closed_) co_return Error{Reason::ServiceUnavailable, "the store is closed"};
    const auto current = state_.find(key);
    auto outcome = mutation(current, disk_.next);
    if (!outcome) co_return outcome.error();
    if (std::holds_alternative<Keep>(*outcome)) co_return Written{current, Written::Change::None};
    const auto* put = std::get_if<Put>(&*outcome);
    if (disk_.full && (put == nullptr || !put->volatile_write))
        co_return Error{Reason::ServiceUnavailable, "the store is read-only: no space left"};
    auto written = apply(std::move(key), current, std::move(*outcome));
    co_await moment();
    co_return written;
}

Awaitable<std::vector<Result<Written>>> MemoryStore::write_all(std::vector<WriteOrder> orders) {
    std::vector<Result<Written>> results;
    for (auto& order : orders)
        results.push_back(co_await write(std::move(order.key), std::move(order.mutation)));
    co_return results;
}

Awaitable<> MemoryStore::moment() {
    return sleep_for(std::chrono::microseconds(static_cast<int>(disk_.random.fraction() * 8'000)));
}

Written MemoryStore::apply(ObjectKey key, const StoredPtr& current, Outcome outcome) {
    StoredObject object{std::move(key), disk_.next++, {}, {}};
    LogRow row;
    row.place = object.revision;
    bool durable = true;
    if (auto* put = std::get_if<Put>(&outcome)) {
        object.bytes = std::make_shared<const std::string>(std::move(put->bytes));
        object.attributes = std::move(put->attributes);
        durable = !put->volatile_write;
    } else {
        object.bytes =
            std::make_shared<const std::string>(std::move(std::get<Remove>(outcome).bytes));
        object.attributes = current->attributes;
        row.removed = true;
    }
    row.object = std::make_shared<const StoredObject>(std::move(object));
    if (durable) disk_.rows.push_back(row);
    auto written = state_.publish(row, durable);
    (void)state_.trim();  // the list keeps all: a simulation is short
    return written;
}

Awaitable<Result<void>> MemoryStore::back_up(std::string, std::vector<SideFile>) {
    co_return Error{Reason::MethodNotAllowed, "a store in memory has no file to copy"};
}

Awaitable<> MemoryStore::close() {
    closed_ = true;
    state_.end_watches();
    co_return;
}

}  // namespace picket::simulation
