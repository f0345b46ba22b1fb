#pragma once
#include "apiserver/storage/log_file.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace picket::storage {

/// What became of everything submitted up to one revision.
struct CommitReport {
    Revision up_to = 0;     ///< 0: no group, only news about the disk
    Revision reserved = 0;  ///< volatile writes up to here need no commit
    std::optional<Error> failure =
        {};                          ///< none of the group is in the file, and no write can be now
    std::exception_ptr broken = {};  ///< the file cannot be trusted any more
    bool closed = false;             ///< the last report
};

/// A backup that was asked for.
struct BackupOrder {
    std::string path;
    std::vector<SideFile> files;
    std::function<void(Result<void>)> done;  ///< called on the writer's thread
};

/// The thread that owns the file once it is loaded. While one transaction runs, what is submitted
/// gathers for the next one: no delay for a lone write, few transactions for many. Between groups
/// and when idle it tidies up in steps that are short enough to delay nobody: rows that left the
/// history go, the write-ahead log is copied to the main file, unused pages are given back. After a
/// failed commit it tries the disk again by itself.
class CommitWriter {
public:
    /// Called on the writer's thread.
    using Sink = std::function<void(CommitReport)>;

    CommitWriter(LogFile file, std::chrono::milliseconds retry, Sink sink);
    /// Commits what was submitted, closes the file and joins the thread.
    ~CommitWriter();
    CommitWriter(const CommitWriter&) = delete;
    CommitWriter& operator=(const CommitWriter&) = delete;

    /// In revision order. A row without an object only asks that its revision be reserved.
    void submit(Revision revision, LogRow row);
    /// Rows may leave, also beyond what was said before.
    void drop(Cut cut);
    /// One at a time; a second one is refused.
    void back_up(BackupOrder order);
    /// Reports `closed` when all is done; nothing may be submitted afterwards.
    void stop(Revision up_to);

private:
    struct Submission {
        Revision revision;
        LogRow row;
    };
    struct Group {
        Revision up_to = 0;
        std::vector<LogRow> rows;
    };
    enum class Task { Commit, Copy, Tidy, Probe, Stop };

    void run();
    Task wait_for_task();
    [[nodiscard]] bool may_tidy() const;
    Group take_group();
    void commit_group();
    std::optional<Cut> next_cut(std::size_t most);
    void note_cut(const Result<void>& committed, const std::optional<Cut>& tried);
    void copy_some();
    void end_backup(Result<void> outcome);
    void tidy();
    void note_disk(const Result<void>& outcome);
    void probe();
    void close();

    LogFile file_;
    std::chrono::milliseconds retry_;
    Sink sink_;
    bool failing_ = false;              // the writer's thread only
    bool shrinkable_ = true;            // the same
    bool copy_next_ = true;             // the same
    std::unique_ptr<BackupCopy> copy_;  // the same

    std::mutex mutex_;  // guards what follows
    std::condition_variable wake_;
    std::deque<Submission> queue_;
    std::optional<Cut> cut_;
    std::optional<BackupOrder> backup_;
    std::optional<Revision> stop_at_;

    std::thread thread_;  // last: it uses everything above
};

}  // namespace picket::storage
