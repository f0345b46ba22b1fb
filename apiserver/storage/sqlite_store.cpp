#include "apiserver/storage/sqlite_store.hpp"

#include "apiserver/storage/commit_writer.hpp"
#include "apiserver/storage/published_state.hpp"
#include "common/async/loop_clock.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/container_hash/hash.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace picket::storage {
namespace {

/// States that are copied forward in one step: a millisecond or two of the disk's time.
constexpr std::size_t kForwardAtOnce = 256;

using SteadyTime = std::chrono::steady_clock::time_point;

/// One call of write(), from its start to its answer.
struct PendingWrite {
    PendingWrite(const boost::asio::any_io_executor& executor, ObjectKey for_key, Mutation decide)
        : key(std::move(for_key)),
          mutation(std::move(decide)),
          answered(executor, SteadyTime::max()) {}

    ObjectKey key;
    Mutation mutation;
    Timer answered;  // never expires; cancelled by the answer
    std::optional<Result<Written>> answer = {};
    std::exception_ptr thrown = {};
    bool abandoned = false;  // the caller was cancelled: a mutation that has not run must not run
    LogRow row = {};         // once decided
    bool copy = false;       // nobody's write: a state is copied forward, so that old rows can go
    bool durable = true;
};
using PendingPtr = std::shared_ptr<PendingWrite>;

struct KeyHash {
    std::size_t operator()(const ObjectKey& key) const {
        std::size_t seed = 0;
        boost::hash_combine(seed, key.resource);
        boost::hash_combine(seed, key.namespace_name);
        boost::hash_combine(seed, key.name);
        return seed;
    }
};

Error unavailable(std::string why) {
    return {
        .reason = Reason::ServiceUnavailable, .message = std::move(why), .retry_after_seconds = 1};
}

/// Writes are decided in order on the loop thread, go to the writer thread, and come back as
/// reports that settle them in the same order:
///
///   write → decide → in_order_ → CommitWriter → settle → publish → answer
///
/// A key has at most one undecided outcome: what comes for it meanwhile waits in in_flight_.
class Impl final : public SqliteStore {
public:
    Impl(boost::asio::any_io_executor executor, SqliteStoreOptions options, LogFile file);

    StoredPtr get(const ObjectKey& key) const override { return state_.find(key); }
    ListResult list(
        const std::string& resource,
        const Filter& filter,
        std::size_t limit,
        const std::optional<ObjectKey>& after) const override {
        return state_.list(resource, filter, limit, after);
    }
    Awaitable<Result<Written>> write(ObjectKey key, Mutation mutation) override;
    Awaitable<std::vector<Result<Written>>> write_all(std::vector<WriteOrder> orders) override;
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
    std::size_t unsettled() const override {
        return in_order_.size() + waiting_ + (stopping_ && !closed_ ? 1 : 0);
    }
    Awaitable<> close() override;

private:
    PendingPtr begin(ObjectKey key, Mutation mutation);
    static Awaitable<Result<Written>> outcome_of(PendingPtr pending);
    void accept(const PendingPtr& pending);
    void decide(const PendingPtr& pending);
    void stage(const PendingPtr& pending, const StoredPtr& current, Outcome outcome);
    void hand_over(const PendingPtr& pending);
    [[nodiscard]] bool has_room(const StoredPtr& current, const Put& put) const;
    [[nodiscard]] Error full() const;
    void publish(const PendingPtr& pending);
    static void answer(PendingWrite& pending, Result<Written> result);

    void copy_forward(const CommitReport& report);
    void copy_forward(const StoredPtr& object);

    void on_report(CommitReport report);
    void note_disk(const CommitReport& report);
    void settle(const CommitReport& report);
    [[nodiscard]] bool needs_disk(const PendingWrite& pending) const;
    void release(const ObjectKey& key);
    void restore(LogFile& file);
    [[nodiscard]] CommitWriter::Sink report_to_loop();

    boost::asio::any_io_executor executor_;
    SqliteStoreOptions options_;
    std::shared_ptr<spdlog::logger> log_ = logger("store");
    PublishedState state_;
    Revision next_ = 0;
    Revision reserved_ = 0;
    std::deque<PendingPtr> in_order_;  // decided, in revision order
    std::unordered_map<ObjectKey, std::deque<PendingPtr>, KeyHash> in_flight_;
    std::size_t waiting_ = 0;           // in all deques of in_flight_
    std::size_t copying_ = 0;           // of in_order_
    std::optional<Error> unavailable_;  // what the disk last said, while it refuses
    bool closing_ = false;
    bool stopping_ = false;  // nothing more is submitted
    bool closed_ = false;
    Notification settled_;
    std::shared_ptr<Impl*> self_ = std::make_shared<Impl*>(this);  // ends with the store
    std::unique_ptr<CommitWriter> writer_;                         // last: its thread reports here
};

PublishedState::Options state_options(const SqliteStoreOptions& options) {
    return {
        options.indexed_fields,
        {options.history_events, options.history_bytes},
        options.watcher_queue};
}

Impl::Impl(boost::asio::any_io_executor executor, SqliteStoreOptions options, LogFile file)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      state_(executor_, state_options(options_), file.oldest()),
      settled_(executor_) {
    restore(file);
    writer_ = std::make_unique<CommitWriter>(std::move(file), options_.retry, report_to_loop());
    if (const auto cut = state_.trim()) writer_->drop(*cut);
}

void Impl::restore(LogFile& file) {
    Revision last = file.reserved();
    std::size_t rows = 0;
    file.load([&](LogRow row) {
        last = std::max(last, row.place);
        ++rows;
        state_.restore(row);
    });
    state_.restored(last);
    next_ = last + 1;
    reserved_ = file.reserved();
    log_->info("opened path={} rows={} revision={}", options_.path, rows, last);
}

CommitWriter::Sink Impl::report_to_loop() {
    const auto executor = options_.reports ? options_.reports : executor_;
    return [executor, store = std::weak_ptr(self_)](CommitReport report) {
        boost::asio::post(executor, [store, report = std::move(report)]() mutable {
            if (const auto self = store.lock()) (*self)->on_report(std::move(report));
        });
    };
}

PendingPtr Impl::begin(ObjectKey key, Mutation mutation) {
    auto pending = std::make_shared<PendingWrite>(executor_, std::move(key), std::move(mutation));
    accept(pending);
    return pending;
}

Awaitable<Result<Written>> Impl::write(ObjectKey key, Mutation mutation) {
    co_return co_await outcome_of(begin(std::move(key), std::move(mutation)));
}

Awaitable<std::vector<Result<Written>>> Impl::write_all(std::vector<WriteOrder> orders) {
    std::vector<PendingPtr> begun;
    for (auto& order : orders)
        begun.push_back(begin(std::move(order.key), std::move(order.mutation)));
    std::vector<Result<Written>> results;
    for (auto& pending : begun) results.push_back(co_await outcome_of(std::move(pending)));
    co_return results;
}

Awaitable<Result<Written>> Impl::outcome_of(PendingPtr pending) {
    if (!pending->answer && !pending->thrown) {
        const auto [error] = co_await pending->answered.async_wait(as_result);
        if (!pending->answer && !pending->thrown) {
            pending->abandoned = true;
            throw boost::system::system_error(error);
        }
    }
    if (pending->thrown) std::rethrow_exception(pending->thrown);
    co_return std::move(*pending->answer);
}

void Impl::accept(const PendingPtr& pending) {
    if (closing_) return answer(*pending, unavailable("the store is closed"));
    if (in_order_.size() + waiting_ >= options_.waiting_writes) {
        return answer(*pending, unavailable("too many writes wait for the disk"));
    }
    const auto ahead = in_flight_.find(pending->key);
    if (ahead == in_flight_.end()) return decide(pending);
    ahead->second.push_back(pending);
    ++waiting_;
}

void Impl::decide(const PendingPtr& pending) {
    const auto current = state_.find(pending->key);
    try {
        auto outcome = pending->mutation(current, next_);
        if (!outcome) return answer(*pending, outcome.error());
        stage(pending, current, std::move(*outcome));
    } catch (...) {
        pending->thrown = std::current_exception();
        pending->answered.cancel();
    }
}

void Impl::stage(const PendingPtr& pending, const StoredPtr& current, Outcome outcome) {
    if (std::holds_alternative<Keep>(outcome)) {
        return answer(*pending, Written{current, Written::Change::None});
    }
    StoredObject object{pending->key, next_, {}, {}};
    pending->row.place = next_;
    pending->row.previous = current;
    if (auto* put = std::get_if<Put>(&outcome)) {
        if (!has_room(current, *put)) return answer(*pending, full());
        object.bytes = std::make_shared<const std::string>(std::move(put->bytes));
        object.attributes = std::move(put->attributes);
        pending->durable = !put->volatile_write;
    } else {
        if (!current) throw std::logic_error("a mutation removes an object that does not exist");
        object.bytes =
            std::make_shared<const std::string>(std::move(std::get<Remove>(outcome).bytes));
        object.attributes = current->attributes;
        pending->row.removed = true;
    }
    pending->row.object = std::make_shared<const StoredObject>(std::move(object));
    hand_over(pending);
}

/// What is there may still grow a little: statuses are to be told, and what is deleted is written
/// before it goes.
bool Impl::has_room(const StoredPtr& current, const Put& put) const {
    if (!current) return state_.live_bytes() <= options_.live_bytes;
    if (put.bytes.size() <= current->bytes->size()) return true;
    return state_.live_bytes() <= options_.live_bytes + options_.live_bytes / 10;
}

Error Impl::full() const {
    return {
        .reason = Reason::Forbidden,
        .message = fmt::format(
            "exceeded quota: the objects of this server take {} MiB, limited: {} MiB",
            state_.live_bytes() >> 20U,
            options_.live_bytes >> 20U)};
}

bool Impl::needs_disk(const PendingWrite& pending) const {
    return pending.durable || pending.row.place > reserved_;
}

void Impl::hand_over(const PendingPtr& pending) {
    const bool to_disk = needs_disk(*pending);
    if (to_disk && unavailable_) return answer(*pending, *unavailable_);
    const Revision revision = next_++;
    if (!to_disk && in_order_.empty()) return publish(pending);
    in_order_.push_back(pending);
    in_flight_.try_emplace(pending->key);
    if (to_disk) writer_->submit(revision, pending->durable ? pending->row : LogRow{});
}

void Impl::publish(const PendingPtr& pending) {
    answer(*pending, state_.publish(pending->row, pending->durable));
}

void Impl::answer(PendingWrite& pending, Result<Written> result) {
    pending.answer.emplace(std::move(result));
    pending.answered.cancel();
}

void Impl::on_report(CommitReport report) {
    if (report.broken) std::rethrow_exception(report.broken);
    reserved_ = std::max(reserved_, report.reserved);
    note_disk(report);
    settle(report);
    if (const auto cut = state_.trim()) writer_->drop(*cut);
    copy_forward(report);
    closed_ = report.closed;
    if (in_order_.empty()) settled_.notify();
}

void Impl::note_disk(const CommitReport& report) {
    if (report.failure && !unavailable_) log_->error("read-only error={}", report.failure->message);
    if (!report.failure && unavailable_) log_->info("writable again path={}", options_.path);
    unavailable_ = report.failure;
}

void Impl::settle(const CommitReport& report) {
    while (!in_order_.empty()) {
        const auto pending = in_order_.front();
        const bool to_disk = needs_disk(*pending);
        if (to_disk && pending->row.place > report.up_to) return;
        in_order_.pop_front();
        if (pending->copy) {
            --copying_;
            if (!report.failure) state_.copied(pending->row);
            continue;
        }
        if (to_disk && report.failure) {
            answer(*pending, *report.failure);
        } else {
            publish(pending);
        }
        release(pending->key);
    }
}

/// The key's write is settled: those that waited for it are decided, up to the first that is in
/// flight itself.
void Impl::release(const ObjectKey& key) {
    auto waiting = std::move(in_flight_.extract(key).mapped());
    while (!waiting.empty()) {
        if (const auto again = in_flight_.find(key); again != in_flight_.end()) {
            again->second = std::move(waiting);
            return;
        }
        const auto next = std::move(waiting.front());
        waiting.pop_front();
        --waiting_;
        if (!next->abandoned) decide(next);
    }
}

/// Makes room behind, step by step with the writes that need it: one step is over before the next
/// begins.
void Impl::copy_forward(const CommitReport& report) {
    if (report.up_to == 0 || report.failure || copying_ > 0 || closing_) return;
    const auto busy = [this](const ObjectKey& key) { return in_flight_.contains(key); };
    for (const auto& object : state_.to_copy(kForwardAtOnce, busy)) copy_forward(object);
}

void Impl::copy_forward(const StoredPtr& object) {
    const auto copy = std::make_shared<PendingWrite>(executor_, object->key, Mutation());
    copy->copy = true;
    copy->row = {object, false, next_, {}};
    ++copying_;
    in_order_.push_back(copy);
    writer_->submit(next_++, copy->row);
}

/// How a backup ended, told from the writer's thread to the coroutine that asked for it.
struct BackupOutcome {
    explicit BackupOutcome(const boost::asio::any_io_executor& executor) : told(executor) {}
    Notification told;
    std::optional<Result<void>> result = {};
};

Awaitable<Result<void>> Impl::back_up(std::string path, std::vector<SideFile> files) {
    if (closing_) co_return unavailable("the store is closed");
    const auto outcome = std::make_shared<BackupOutcome>(executor_);
    BackupOrder order{std::move(path), std::move(files), {}};
    order.done = [executor = executor_, outcome](Result<void> result) {
        boost::asio::post(executor, [outcome, result = std::move(result)]() mutable {
            outcome->result.emplace(std::move(result));
            outcome->told.notify();
        });
    };
    writer_->back_up(std::move(order));
    while (!outcome->result) co_await outcome->told.wait();
    co_return *outcome->result;
}

Awaitable<> Impl::close() {
    closing_ = true;
    while (!in_order_.empty()) co_await settled_.wait();
    state_.end_watches();
    if (!writer_) co_return;
    stopping_ = true;
    writer_->stop(next_ - 1);
    while (!closed_) co_await settled_.wait();
    writer_.reset();
    log_->info("closed path={} revision={}", options_.path, next_ - 1);
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(
    boost::asio::any_io_executor executor, SqliteStoreOptions options) {
    auto file = LogFile::open({options.path, options.attributes_version, options.attributes});
    if (!file) return file.error();
    return std::unique_ptr<SqliteStore>(
        std::make_unique<Impl>(std::move(executor), std::move(options), std::move(*file)));
}

}  // namespace picket::storage
