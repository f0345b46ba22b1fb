#include "apiserver/storage/write_pipeline.hpp"

#include "common/base/log.hpp"

#include <boost/asio/post.hpp>
#include <boost/container_hash/hash.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace picket::storage {
namespace {

/// States that are copied forward in one step: a millisecond or two of the disk's time.
constexpr std::size_t kForwardAtOnce = 256;

Error refused_for_now(std::string why) {
    return {
        .reason = Reason::ServiceUnavailable, .message = std::move(why), .retry_after_seconds = 1};
}

Error closed() {
    return refused_for_now("the store is closed");
}

/// What an object was written into grew by doubling, and it stays for as long as the object does.
Bytes kept_bytes(std::string bytes) {
    bytes.shrink_to_fit();
    return std::make_shared<const std::string>(std::move(bytes));
}

}  // namespace

std::size_t WritePipeline::KeyHash::operator()(const ObjectKey& key) const {
    std::size_t seed = 0;
    boost::hash_combine(seed, key.resource);
    boost::hash_combine(seed, key.namespace_name);
    boost::hash_combine(seed, key.name);
    return seed;
}

WritePipeline::WritePipeline(
    boost::asio::any_io_executor executor,
    Options options,
    PublishedState& state,
    LogFile file,
    Revision last)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      state_(state),
      log_(logger("store")),
      next_(last + 1),
      reserved_(file.reserved()),
      settled_(executor_) {
    writer_ = std::make_unique<CommitWriter>(std::move(file), options_.retry, report_to_loop());
    drop_history();
}

CommitWriter::Sink WritePipeline::report_to_loop() {
    return [executor = options_.reports, pipeline = std::weak_ptr(self_)](CommitReport report) {
        boost::asio::post(executor, [pipeline, report = std::move(report)] {
            if (const auto self = pipeline.lock()) (*self)->on_report(report);
        });
    };
}

PendingPtr WritePipeline::begin(ObjectKey key, Mutation mutation) {
    auto pending = std::make_shared<PendingWrite>(executor_, std::move(key), std::move(mutation));
    accept(pending);
    return pending;
}

Awaitable<Result<Written>> WritePipeline::write(ObjectKey key, Mutation mutation) {
    co_return co_await PendingWrite::outcome(begin(std::move(key), std::move(mutation)));
}

Awaitable<std::vector<Result<Written>>> WritePipeline::write_all(std::vector<WriteOrder> orders) {
    std::vector<PendingPtr> begun;
    for (auto& order : orders)
        begun.push_back(begin(std::move(order.key), std::move(order.mutation)));
    std::vector<Result<Written>> results;
    for (auto& pending : begun)
        results.push_back(co_await PendingWrite::outcome(std::move(pending)));
    co_return results;
}

void WritePipeline::accept(const PendingPtr& pending) {
    if (closing_) return pending->answer(closed());
    if (in_order_.size() + waiting_ >= options_.waiting_writes) {
        return pending->answer(refused_for_now("too many writes wait for the disk"));
    }
    const auto ahead = in_flight_.find(pending->key);
    if (ahead == in_flight_.end()) return decide(pending);
    ahead->second.push_back(pending);
    ++waiting_;
}

void WritePipeline::decide(const PendingPtr& pending) {
    const auto current = state_.find(pending->key);
    try {
        auto outcome = pending->mutation(current, next_);
        if (!outcome) return pending->answer(outcome.error());
        stage(pending, current, std::move(*outcome));
    } catch (...) {
        pending->fail(std::current_exception());
    }
}

void WritePipeline::stage(const PendingPtr& pending, const StoredPtr& current, Outcome outcome) {
    if (std::holds_alternative<Keep>(outcome)) {
        return pending->answer(Written{current, Written::Change::None});
    }
    StoredObject object{pending->key, next_, {}, {}};
    pending->row.place = next_;
    pending->row.previous = current;
    if (auto* put = std::get_if<Put>(&outcome)) {
        if (!has_room(current, *put)) return pending->answer(full());
        object.bytes = kept_bytes(std::move(put->bytes));
        object.attributes = std::move(put->attributes);
        object.attributes.fields.shrink_to_fit();
        pending->durable = !put->volatile_write;
    } else {
        if (!current) throw std::logic_error("a mutation removes an object that does not exist");
        object.bytes = kept_bytes(std::move(std::get<Remove>(outcome).bytes));
        object.attributes = current->attributes;
        pending->row.removed = true;
    }
    pending->row.object = std::make_shared<const StoredObject>(std::move(object));
    hand_over(pending);
}

/// What is there may still grow a little: statuses are to be told, and what is deleted is written
/// before it goes.
bool WritePipeline::has_room(const StoredPtr& current, const Put& put) const {
    if (!current) return state_.live_bytes() <= options_.live_bytes;
    if (put.bytes.size() <= current->bytes->size()) return true;
    return state_.live_bytes() <= options_.live_bytes + options_.live_bytes / 10;
}

Error WritePipeline::full() const {
    return {
        .reason = Reason::Forbidden,
        .message = fmt::format(
            "exceeded quota: the objects of this server take {} MiB, limited: {} MiB",
            state_.live_bytes() >> 20U,
            options_.live_bytes >> 20U)};
}

bool WritePipeline::needs_disk(const PendingWrite& pending) const {
    return pending.durable || pending.row.place > reserved_;
}

void WritePipeline::hand_over(const PendingPtr& pending) {
    const bool to_disk = needs_disk(*pending);
    if (to_disk && unavailable_) return pending->answer(*unavailable_);
    const Revision revision = next_++;
    if (!to_disk && in_order_.empty()) return publish(pending);
    in_order_.push_back(pending);
    in_flight_.try_emplace(pending->key);
    if (to_disk) writer_->submit(revision, pending->durable ? pending->row : LogRow{});
}

void WritePipeline::publish(const PendingPtr& pending) {
    pending->answer(state_.publish(pending->row, pending->durable));
}

void WritePipeline::on_report(const CommitReport& report) {
    if (report.broken) std::rethrow_exception(report.broken);
    reserved_ = std::max(reserved_, report.reserved);
    note_disk(report);
    settle(report);
    drop_history();
    copy_forward(report);
    closed_ = report.closed;
    if (in_order_.empty()) settled_.notify();
}

void WritePipeline::note_disk(const CommitReport& report) {
    if (report.failure && !unavailable_) log_->error("read-only error={}", report.failure->message);
    if (!report.failure && unavailable_) log_->info("writable again path={}", options_.path);
    unavailable_ = report.failure;
}

void WritePipeline::settle(const CommitReport& report) {
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
            pending->answer(*report.failure);
        } else {
            publish(pending);
        }
        release(pending->key);
    }
}

/// The key's write is settled: those that waited for it are decided, up to the first that is in
/// flight itself.
void WritePipeline::release(const ObjectKey& key) {
    auto waiting = std::move(in_flight_.extract(key).mapped());
    while (!waiting.empty()) {
        if (const auto again = in_flight_.find(key); again != in_flight_.end()) {
            again->second = std::move(waiting);
            return;
        }
        const auto next = std::move(waiting.front());
        waiting.pop_front();
        --waiting_;
        if (!next->abandoned()) decide(next);
    }
}

void WritePipeline::drop_history() {
    if (const auto cut = state_.trim()) writer_->drop(*cut);
}

/// Makes room behind, step by step with the writes that need it: one step is over before the next
/// begins.
void WritePipeline::copy_forward(const CommitReport& report) {
    if (report.up_to == 0 || report.failure || copying_ > 0 || closing_) return;
    const auto busy = [this](const ObjectKey& key) { return in_flight_.contains(key); };
    for (const auto& object : state_.to_copy(kForwardAtOnce, busy)) copy_forward(object);
}

void WritePipeline::copy_forward(const StoredPtr& object) {
    const auto copy = std::make_shared<PendingWrite>(executor_, object->key, Mutation());
    copy->copy = true;
    copy->row = {object, false, next_, {}};
    ++copying_;
    in_order_.push_back(copy);
    writer_->submit(next_++, copy->row);
}

Result<void> WritePipeline::back_up(BackupOrder order) {
    if (closing_) return closed();
    writer_->back_up(std::move(order));
    return Ok();
}

std::size_t WritePipeline::unsettled() const {
    return in_order_.size() + waiting_ + (stopping_ && !closed_ ? 1 : 0);
}

Awaitable<> WritePipeline::drain() {
    closing_ = true;
    while (!in_order_.empty()) co_await settled_.wait();
}

Awaitable<> WritePipeline::close() {
    if (!writer_) co_return;
    stopping_ = true;
    writer_->stop(next_ - 1);
    while (!closed_) co_await settled_.wait();
    writer_.reset();
    log_->info("closed path={} revision={}", options_.path, next_ - 1);
}

}  // namespace picket::storage
