#include "apiserver/storage/backup.hpp"

#include "apiserver/storage/file_claim.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace picket::storage {
namespace {

/// More writes than any client can have seen between a backup and its restoration.
constexpr Revision kRestoredAhead = 1'000'000'000;

// https://www.sqlite.org/fileformat2.html: 2 says that a write-ahead log belongs to the file.
constexpr std::size_t kWriteVersionOffset = 18;
constexpr char kRollbackMode = 1;

Error bad_backup(const std::string& path, std::string_view why) {
    return {Reason::BadRequest, fmt::format("cannot use backup {}: {}", path, why)};
}

void make_private_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0)
        throw SqliteError(
            SQLITE_CANTOPEN, fmt::format("cannot make {}: {}", path, std::strerror(errno)));
    ::close(file);
}

void remove_database(const std::string& path) {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        std::error_code ignored;  // mostly there is none
        std::filesystem::remove(path + suffix, ignored);
    }
}

/// Nothing may be opened by SQLite that is not ours.
Result<void> judge_backup(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return bad_backup(path, std::strerror(errno));
    std::array<char, 100> header{};
    file.read(header.data(), header.size());
    const auto kind = judge_header(path, {header.data(), static_cast<std::size_t>(file.gcount())});
    if (!kind) return bad_backup(path, kind.error().message);
    if (*kind != FileKind::Ours) return bad_backup(path, "it is not a picket backup");
    if (header[kWriteVersionOffset] != kRollbackMode)
        return bad_backup(path, "it is the file of a server, not a backup made by picket backup");
    return Ok();
}

void check_integrity(Database& database) {
    const auto verdict = database.query("PRAGMA integrity_check(1)");
    if (verdict != "ok") throw SqliteError(SQLITE_CORRUPT, verdict);
}

std::vector<SideFile> read_files(Database& database) {
    std::vector<SideFile> files;
    auto statement = database.prepare("SELECT name, content FROM files");
    while (statement.step()) {
        files.push_back({std::string(statement.bytes(0)), std::string(statement.bytes(1))});
    }
    return files;
}

BackupContent read_content(Database& database) {
    check_integrity(database);
    if (database.query("SELECT count(*) FROM sqlite_master WHERE name = 'files'") != "1")
        throw SqliteError(SQLITE_ERROR, "it is a store, not a backup made by picket backup");
    BackupContent content;
    content.files = read_files(database);
    content.revision = std::stoull("0" + database.query("SELECT max(revision) FROM log"));
    content.objects = std::stoull(
        "0" + database.query("SELECT count(*) FROM (SELECT removed, max(revision) FROM log "
                             "GROUP BY resource, namespace, name) WHERE NOT removed"));
    return content;
}

/// All that was ever handed out lies behind; see restore_backup().
void forget_history(Database& database) {
    const auto reserved =
        std::stoull("0" + database.query("SELECT value FROM meta WHERE name = 'reserved'"));
    database.execute(fmt::format(
        "BEGIN; DROP TABLE files;"
        "UPDATE meta SET value = {} WHERE name IN ('oldest', 'reserved'); COMMIT",
        reserved + kRestoredAhead));
}

void sync_file(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    const bool synced = file >= 0 && ::fsync(file) == 0;
    const int code = errno;
    if (file >= 0) ::close(file);
    if (!synced) throw SqliteError(SQLITE_IOERR, std::strerror(code));
}

}  // namespace

void BackupCopy::Finish::operator()(sqlite3_backup* backup) const {
    sqlite3_backup_finish(backup);
}

BackupCopy::BackupCopy(Database& source, std::string path) : path_(std::move(path)) {
    make_private_file(path_);
    copy_ = std::make_unique<Database>(path_);
    copy_->execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    backup_.reset(sqlite3_backup_init(copy_->handle(), "main", source.handle(), "main"));
    if (!backup_)
        throw SqliteError(
            sqlite3_extended_errcode(copy_->handle()), sqlite3_errmsg(copy_->handle()));
}

BackupCopy::~BackupCopy() {
    backup_.reset();
    copy_.reset();
    if (!finished_) remove_database(path_);
}

bool BackupCopy::step(int pages) {
    const int code = sqlite3_backup_step(backup_.get(), pages);
    if (code == SQLITE_OK) return false;
    if (code == SQLITE_DONE) return true;
    throw SqliteError(code, sqlite3_errstr(code));
}

void BackupCopy::finish(std::span<const SideFile> files) {
    backup_.reset();
    // The copy is in the source's mode: a log beside it would be a second file.
    copy_->execute(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL; BEGIN;"
        "CREATE TABLE files (name TEXT PRIMARY KEY, content BLOB NOT NULL)");
    {
        auto insert = copy_->prepare("INSERT INTO files VALUES (?, ?)");
        for (const auto& file : files)
            insert.bind_text(1, file.name).bind_bytes(2, file.content).run();
    }
    copy_->execute("COMMIT");
    complete();
}

void BackupCopy::finish_restored() {
    backup_.reset();
    copy_->execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
    forget_history(*copy_);
    complete();
}

void BackupCopy::complete() {
    copy_.reset();
    sync_file(path_);
    finished_ = true;
}

Result<BackupContent> read_backup(const std::string& path) {
    const auto judged = judge_backup(path);
    if (!judged) return judged.error();
    try {
        Database database(path, Database::Access::Read);
        return read_content(database);
    } catch (const SqliteError& error) {
        return bad_backup(path, error.what());
    }
}

Result<BackupContent> restore_backup(const std::string& backup, const std::string& target) {
    const auto judged = judge_backup(backup);
    if (!judged) return judged.error();
    try {
        Database source(backup, Database::Access::Read);
        auto content = read_content(source);
        BackupCopy copy(source, target);
        while (!copy.step(-1)) {
        }
        copy.finish_restored();
        return content;
    } catch (const SqliteError& error) {
        return bad_backup(backup, error.what());
    }
}

}  // namespace picket::storage
