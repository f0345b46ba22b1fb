#pragma once
#include "apiserver/storage/sqlite.hpp"

namespace picket::storage {

/// True if the file has no mark of ours but tables: then nothing in it may be changed.
bool is_foreign(Database& database);

/// Makes the tables of the log in an empty file, brings those of an older picket up to date, and
/// sets how SQLite keeps them. Throws SqliteError if the file is damaged.
void prepare_log_schema(Database& database);

}  // namespace picket::storage
