#pragma once
#include "apiserver/storage/backup.hpp"
#include "apiserver/storage/file_claim.hpp"
#include "apiserver/storage/sqlite.hpp"

#include <optional>
#include <span>

namespace picket::storage {

/// One row of the log: the state an object got, or its last state if it was removed.
struct LogRow {
    StoredPtr object;
    bool removed = false;
    /// Where it lies: at the revision of the object, or later if it was copied forward.
    Revision place = 0;
    /// The state before, of which a filter sees the attributes; null: there was none.
    StoredPtr previous = {};
    [[nodiscard]] bool copied() const { return place != object->revision; }
};

/// Rows that nobody needs any more: all before `place`. `oldest`: no event after it is one of them.
struct Cut {
    Revision place = 0;
    Revision oldest = 0;
    std::size_t most = 0;  ///< of one step
};

/// Takes the selectable attributes out of an object's bytes.
using AttributesReader =
    std::function<Attributes(const std::string& resource, const std::string& bytes)>;

/// The file: a log of changes by revision, with no index but its own order (design decision 3).
///
///   log        one row per durable change, and per state that was copied forward so that what lies
///              before it can go; rows leave in the order in which they came
///   resources  the numbers that stand for resource names in the log
///   meta       oldest    no event up to this revision is complete in the log
///              reserved  revisions up to here may have been handed out, whether in the log or not
///
/// Blocking; used by one thread at a time. Throws SqliteError if the file is damaged.
class LogFile {
public:
    struct Options {
        std::string path;
        std::uint32_t attributes_version = 1;
        AttributesReader attributes;
    };

    /// Claims, checks and migrates the file. The error names the file and what to do.
    static Result<LogFile> open(Options options);

    [[nodiscard]] Revision oldest() const { return oldest_; }
    [[nodiscard]] Revision reserved() const { return reserved_; }
    /// Every row, in revision order.
    void load(const std::function<void(LogRow)>& visit);

    /// Appends, all or nothing, durable on return. `up_to` is the newest revision handed out: a
    /// stretch beyond it stays reserved. Drops the oldest rows of `cut` in the same transaction.
    Result<void> commit(
        std::span<const LogRow> rows, Revision up_to, const std::optional<Cut>& cut);
    /// How many rows the last cut has dropped.
    [[nodiscard]] std::size_t dropped() const { return dropped_; }
    /// Tells whether the disk takes writes again.
    Result<void> probe();

    /// Pages in the write-ahead log that are not yet in the main file.
    [[nodiscard]] int waiting_pages() const { return *waiting_pages_; }
    /// Copies them to the main file; the next transaction starts the log anew.
    Result<void> checkpoint();
    /// Gives up to `pages` unused pages back to the file system if many are unused. True: it did,
    /// and there may be more.
    Result<bool> shrink(int pages);
    /// A copy of the file, while this one goes on. It must end before close().
    std::unique_ptr<BackupCopy> copy_to(std::string path) {
        return std::make_unique<BackupCopy>(database_, std::move(path));
    }
    /// Leaves one complete file with an empty write-ahead log, and reserves nothing beyond `up_to`.
    /// Nothing is lost if it fails.
    Result<void> close(Revision up_to);

private:
    struct Statements {
        Statement begin;
        Statement commit;
        Statement append;
        Statement drop;
        Statement set_meta;
        Statement add_resource;
    };

    LogFile(Options options, std::optional<FileClaim> claim);
    void prepare();
    void read_meta();
    void read_resources();
    void write(std::span<const LogRow> rows, Revision up_to, const std::optional<Cut>& cut);
    void append(const LogRow& row);
    void drop(const Cut& cut);
    void set_meta(std::string_view name, Revision value);
    std::uint64_t resource_number(const std::string& name);
    void roll_back();
    bool give_back(int pages);
    [[nodiscard]] LogRow read_row(const Statement& row, const std::string& resource) const;
    [[nodiscard]] StoredPtr read_previous(const Statement& row, const StoredPtr& object) const;
    [[nodiscard]] std::string encode_previous(const LogRow& row) const;
    template <class Act>
    Result<void> attempt(Act act);

    Options options_;
    std::optional<FileClaim> claim_;
    Database database_;
    std::unique_ptr<Statements> statements_;
    std::unique_ptr<int> waiting_pages_ =
        std::make_unique<int>(0);  // SQLite's hook holds its address
    std::map<std::string, std::uint64_t> resources_;
    Revision oldest_ = 0;
    Revision reserved_ = 0;
    std::size_t dropped_ = 0;
};

}  // namespace picket::storage
