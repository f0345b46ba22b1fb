#pragma once
/// A backup: one SQLite file that holds a store as it was at one moment, and the small files that
/// belong to it.
#include "apiserver/storage/sqlite.hpp"
#include "apiserver/storage/store.hpp"

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct sqlite3_backup;

namespace picket::storage {

/// A file that lies beside the store: keys and credentials.
struct SideFile {
    std::string name;
    std::string content;
};

/// A copy in the making. SQLite brings changes that the source connection commits meanwhile into it
/// as well, so it holds the store as it is when the last step ends. On the thread of the source;
/// every failure throws SqliteError and concerns the copy alone.
class BackupCopy {
public:
    /// `path` must not exist; only its owner may read it.
    BackupCopy(Database& source, std::string path);
    ~BackupCopy();
    BackupCopy(const BackupCopy&) = delete;
    BackupCopy& operator=(const BackupCopy&) = delete;

    /// Copies up to `pages`; true once all are there.
    bool step(int pages);
    /// Adds the files and leaves one complete file.
    void finish(std::span<const SideFile> files);
    /// Of a copy of a backup: turns it into a store; see restore_backup().
    void finish_restored();

private:
    void complete();
    struct Finish {
        void operator()(sqlite3_backup* backup) const;
    };
    std::string path_;
    std::unique_ptr<Database> copy_;
    std::unique_ptr<sqlite3_backup, Finish> backup_;
    bool finished_ = false;
};

struct BackupContent {
    std::size_t objects = 0;
    Revision revision = 0;
    std::vector<SideFile> files;
};

/// Reads the whole file and checks it. The error says what is wrong with it.
[[nodiscard]] Result<BackupContent> read_backup(const std::string& path);

/// Makes the store `target`, which must not exist, out of a backup. Its revisions go on far beyond
/// those of the backup, and no watch can start from an earlier one: what clients have seen since
/// the backup was made must not be taken for what comes now.
[[nodiscard]] Result<BackupContent> restore_backup(
    const std::string& backup, const std::string& target);

}  // namespace picket::storage
