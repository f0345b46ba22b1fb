#include "apiserver/storage/log_schema.hpp"

#include "apiserver/storage/file_claim.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <array>
#include <string>

namespace picket::storage {
namespace {

/// kMigrations[v] leads from schema version v to v + 1. The first revision is 1, because 0 means
/// "any" to Kubernetes clients.
constexpr std::array<const char*, kSchemaVersion> kMigrations = {
    R"sql(
    CREATE TABLE log (
        revision INTEGER PRIMARY KEY,
        resource INTEGER NOT NULL,
        namespace TEXT NOT NULL,
        name TEXT NOT NULL,
        removed INTEGER NOT NULL,
        attributes BLOB NOT NULL,
        value BLOB NOT NULL
    );
    CREATE TABLE resources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
    CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    INSERT INTO meta VALUES ('oldest', 1), ('reserved', 1);
)sql",
    // `revision` stays the key of the row; of a copy the object's own revision is in copy_of.
    R"sql(
    ALTER TABLE log ADD COLUMN copy_of INTEGER;
    ALTER TABLE log ADD COLUMN previous BLOB;
)sql"};

// Page size and vacuum mode take effect only in a file without content, the log mode after them.
// A page holds seven objects of 2 KiB or three pods; in a smaller one up to half would lie unused.
void configure(Database& database) {
    database.execute(
        "PRAGMA page_size = 16384;"
        "PRAGMA auto_vacuum = INCREMENTAL;"
        "PRAGMA synchronous = FULL;"
        "PRAGMA temp_store = MEMORY;");
}

void migrate(Database& database) {
    auto version = std::stoul("0" + database.query("PRAGMA user_version"));
    if (version < kSchemaVersion) {
        database.execute("BEGIN IMMEDIATE");
        for (; version < kSchemaVersion; ++version) database.execute(kMigrations[version]);
        database.execute(fmt::format("PRAGMA user_version = {}", kSchemaVersion));
        database.execute(fmt::format("PRAGMA application_id = {}", kApplicationId));
        database.execute("COMMIT");
    }
    // Checkpoints are made by us, when they delay nobody; a log that once grew is cut back.
    database.execute(
        "PRAGMA journal_mode = WAL;"
        "PRAGMA wal_autocheckpoint = 0;"
        "PRAGMA journal_size_limit = 16777216;");
}

void check_quickly(Database& database) {
    const auto verdict = database.query("PRAGMA quick_check(1)");
    if (verdict != "ok") throw SqliteError(SQLITE_CORRUPT, verdict);
}

}  // namespace

// Exclusive before the first read: what another mode needs beside the file cannot be made on a full
// disk, and a store on a full disk must still open, to be read.
bool is_foreign(Database& database) {
    database.execute("PRAGMA locking_mode = EXCLUSIVE");
    return database.query("PRAGMA application_id") != std::to_string(kApplicationId) &&
           database.query("SELECT count(*) FROM sqlite_master") != "0";
}

void prepare_log_schema(Database& database) {
    configure(database);
    check_quickly(database);
    migrate(database);
}

}  // namespace picket::storage
