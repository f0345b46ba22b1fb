#include "apiserver/storage/commit_writer.hpp"

#include "common/base/log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace picket::storage {
namespace {

// One transaction of this size takes a few milliseconds; what comes meanwhile waits that long.
constexpr std::size_t kGroupRows = 1'000;
constexpr std::size_t kGroupBytes = 4U << 20U;
/// Rows that leave with a group: more than it brings, or the file would grow, and with one step
/// when idle. A step delays a write by at most about two milliseconds.
constexpr std::size_t kDroppedAtOnce = 256;
/// What is copied to the main file at once delays a write by some milliseconds.
constexpr int kCheckpointPages = 256;
constexpr int kShrinkPages = 32;
constexpr int kCopiedAtOnce = 128;

}  // namespace

CommitWriter::CommitWriter(LogFile file, std::chrono::milliseconds retry, Sink sink)
    : file_(std::move(file)), retry_(retry), sink_(std::move(sink)), thread_([this] { run(); }) {}

CommitWriter::~CommitWriter() {
    stop(0);
    thread_.join();
}

void CommitWriter::submit(Revision revision, LogRow row) {
    const std::lock_guard lock(mutex_);
    queue_.push_back({revision, std::move(row)});
    if (queue_.size() == 1) wake_.notify_one();
}

void CommitWriter::drop(Cut cut) {
    const std::lock_guard lock(mutex_);
    cut_ = cut;
    wake_.notify_one();
}

void CommitWriter::back_up(BackupOrder order) {
    const std::lock_guard lock(mutex_);
    if (backup_ || stop_at_) {
        order.done(Error{
            .reason = Reason::TooManyRequests,
            .message = "another backup is being made",
            .retry_after_seconds = 10});
        return;
    }
    backup_ = std::move(order);
    wake_.notify_one();
}

void CommitWriter::stop(Revision up_to) {
    const std::lock_guard lock(mutex_);
    if (!stop_at_) stop_at_ = up_to;
    wake_.notify_one();
}

void CommitWriter::run() {
    try {
        for (auto task = wait_for_task(); task != Task::Stop; task = wait_for_task()) {
            if (task == Task::Commit) commit_group();
            if (task == Task::Copy) copy_some();
            if (task == Task::Tidy) tidy();
            if (task == Task::Probe) probe();
        }
        close();
    } catch (...) {
        sink_({.broken = std::current_exception()});
    }
}

CommitWriter::Task CommitWriter::wait_for_task() {
    std::unique_lock lock(mutex_);
    for (;;) {
        // A backup goes on between groups, or a busy server would never end it.
        if (backup_ && std::exchange(copy_next_, false)) return Task::Copy;
        copy_next_ = true;
        if (!queue_.empty()) return Task::Commit;
        if (stop_at_) return Task::Stop;
        if (backup_) continue;
        if (failing_) {
            if (wake_.wait_for(lock, retry_) == std::cv_status::timeout) return Task::Probe;
        } else if (may_tidy()) {
            return Task::Tidy;
        } else {
            wake_.wait(lock);
        }
    }
}

bool CommitWriter::may_tidy() const {
    return cut_ || shrinkable_ || file_.waiting_pages() >= kCheckpointPages / 2;
}

CommitWriter::Group CommitWriter::take_group() {
    const std::lock_guard lock(mutex_);
    Group group;
    std::size_t bytes = 0;
    while (!queue_.empty() && group.rows.size() < kGroupRows && bytes < kGroupBytes) {
        auto& [revision, row] = queue_.front();
        group.up_to = revision;
        if (row.object) {
            bytes += row.object->bytes->size();
            group.rows.push_back(std::move(row));
        }
        queue_.pop_front();
    }
    return group;
}

void CommitWriter::commit_group() {
    const auto group = take_group();
    const auto cut = next_cut(kDroppedAtOnce + group.rows.size());
    const auto committed = file_.commit(group.rows, group.up_to, cut);
    note_cut(committed, cut);
    CommitReport report{.up_to = group.up_to, .reserved = file_.reserved()};
    if (!committed) report.failure = committed.error();
    sink_(std::move(report));
    if (file_.waiting_pages() >= kCheckpointPages) note_disk(file_.checkpoint());
}

/// One step of the backup; its failure is its own and not the store's.
void CommitWriter::copy_some() {
    try {
        // Only this thread takes the order away, so it may be read without the lock.
        if (!copy_) copy_ = file_.copy_to(backup_->path);
        if (!copy_->step(kCopiedAtOnce)) return;
        copy_->finish(backup_->files);
        end_backup(Ok());
    } catch (const SqliteError& error) {
        end_backup(Error{
            Reason::InternalError,
            fmt::format("cannot write backup {}: {}", backup_->path, error.what())});
    }
}

void CommitWriter::end_backup(Result<void> outcome) {
    copy_.reset();
    std::function<void(Result<void>)> done;
    {
        const std::lock_guard lock(mutex_);
        if (!backup_) return;
        done = std::move(backup_->done);
        backup_.reset();
    }
    done(std::move(outcome));
}

std::optional<Cut> CommitWriter::next_cut(std::size_t most) {
    const std::lock_guard lock(mutex_);
    auto cut = cut_;
    if (cut) cut->most = most;
    return cut;
}

void CommitWriter::note_cut(const Result<void>& committed, const std::optional<Cut>& tried) {
    failing_ = committed.has_error();
    if (failing_ || !tried) return;
    shrinkable_ = true;
    if (file_.dropped() >= tried->most) return;  // there may be more
    const std::lock_guard lock(mutex_);
    if (cut_->place == tried->place) cut_.reset();
}

void CommitWriter::tidy() {
    if (file_.waiting_pages() >= kCheckpointPages / 2) {
        note_disk(file_.checkpoint());
    } else if (const auto cut = next_cut(kDroppedAtOnce)) {
        const auto committed = file_.commit({}, 0, cut);
        note_cut(committed, cut);
        note_disk(committed);
    } else {
        const auto more = file_.shrink(kShrinkPages);
        shrinkable_ = more && *more;
        if (!more) note_disk(more.error());
    }
}

/// The disk's refusal is told at once, not only when the next write has failed.
void CommitWriter::note_disk(const Result<void>& outcome) {
    if (outcome) return;
    failing_ = true;
    sink_({.failure = outcome.error()});
}

void CommitWriter::probe() {
    if (!file_.probe()) return;
    failing_ = false;
    sink_({.reserved = file_.reserved()});
}

void CommitWriter::close() {
    end_backup(Error{Reason::ServiceUnavailable, "the store is closed"});
    if (stop_at_ && *stop_at_ != 0) {
        if (const auto closed = file_.close(*stop_at_); !closed) {
            logger("store")->warn("close incomplete error={}", closed.error().message);
        }
    }
    sink_({.closed = true});
}

}  // namespace picket::storage
