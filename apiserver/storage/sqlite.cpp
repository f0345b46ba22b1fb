#include "apiserver/storage/sqlite.hpp"

#include <sqlite3.h>

namespace picket::storage {
namespace {

[[noreturn]] void fail(sqlite3* database) {
    throw SqliteError(sqlite3_extended_errcode(database), sqlite3_errmsg(database));
}

}  // namespace

SqliteError::SqliteError(int extended_code, const std::string& message)
    : std::runtime_error(message), code_(extended_code & 0xFF) {}

bool SqliteError::broken() const {
    return code_ == SQLITE_CORRUPT || code_ == SQLITE_NOTADB || code_ == SQLITE_CONSTRAINT ||
           code_ == SQLITE_MISUSE || code_ == SQLITE_ERROR;
}

Statement::Statement(sqlite3* database, std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(
        database,
        sql.data(),
        static_cast<int>(sql.size()),
        SQLITE_PREPARE_PERSISTENT,
        &statement,
        nullptr);
    if (code != SQLITE_OK) fail(database);
    statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Statement::check(int code) const {
    if (code != SQLITE_OK) fail(sqlite3_db_handle(statement_.get()));
}

Statement& Statement::bind(int parameter, std::uint64_t value) {
    check(sqlite3_bind_int64(statement_.get(), parameter, static_cast<sqlite3_int64>(value)));
    return *this;
}

Statement& Statement::bind_text(int parameter, std::string_view value) {
    check(sqlite3_bind_text64(
        statement_.get(), parameter, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8));
    return *this;
}

Statement& Statement::bind_bytes(int parameter, std::string_view value) {
    check(sqlite3_bind_blob64(
        statement_.get(), parameter, value.data(), value.size(), SQLITE_STATIC));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    const SqliteError error(
        sqlite3_extended_errcode(sqlite3_db_handle(statement_.get())),
        sqlite3_errmsg(sqlite3_db_handle(statement_.get())));
    reset();
    throw error;
}

// The code of a reset repeats the failure of the last step, which has been thrown already.
void Statement::reset() {
    sqlite3_reset(statement_.get());
}

void Statement::run() {
    while (step()) {
    }
    reset();
}

std::uint64_t Statement::number(int column) const {
    return static_cast<std::uint64_t>(sqlite3_column_int64(statement_.get(), column));
}

std::string_view Statement::bytes(int column) const {
    const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
    if (!data) return {};
    return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Database::Database(const std::string& path, Access access) {
    sqlite3* database = nullptr;
    const int flags = (access == Access::Read ? SQLITE_OPEN_READONLY
                                              : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) |
                      SQLITE_OPEN_NOMUTEX;
    const int code = sqlite3_open_v2(path.c_str(), &database, flags, nullptr);
    database_.reset(database);
    if (code != SQLITE_OK) fail(database);
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close(database);
}

void Database::execute(const std::string& sql) {
    const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) fail(database_.get());
}

std::string Database::query(std::string_view sql) {
    auto statement = prepare(sql);
    return statement.step() ? std::string(statement.bytes(0)) : std::string{};
}

bool Database::in_transaction() const {
    return sqlite3_get_autocommit(database_.get()) == 0;
}

}  // namespace picket::storage
