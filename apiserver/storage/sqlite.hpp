#pragma once
/// SQLite's C interface as C++ owners. Every failure throws SqliteError; callers translate it at
/// their border.
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace picket::storage {

class SqliteError : public std::runtime_error {
public:
    SqliteError(int extended_code, const std::string& message);
    /// The primary result code: SQLITE_FULL, SQLITE_BUSY, …
    [[nodiscard]] int code() const { return code_; }
    /// The file's content cannot be trusted, or this program misuses SQLite: no retry can help.
    [[nodiscard]] bool broken() const;

private:
    int code_;
};

/// A prepared statement; parameters are numbered from 1, columns from 0. Bound text and bytes are
/// not copied: they must live until reset().
class Statement {
public:
    Statement(sqlite3* database, std::string_view sql);

    Statement& bind(int parameter, std::uint64_t value);
    Statement& bind_text(int parameter, std::string_view value);
    Statement& bind_bytes(int parameter, std::string_view value);
    /// True: there is a row to read.
    bool step();
    void reset();
    /// Runs to the end and resets.
    void run();

    [[nodiscard]] std::uint64_t number(int column) const;
    /// Valid until the next step.
    [[nodiscard]] std::string_view bytes(int column) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    void check(int code) const;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// One connection, used by one thread at a time.
class Database {
public:
    enum class Access { Read, Write };
    explicit Database(const std::string& path, Access access = Access::Write);

    void execute(const std::string& sql);
    [[nodiscard]] Statement prepare(std::string_view sql) { return {database_.get(), sql}; }
    /// The first column of the first row; empty if there is none.
    [[nodiscard]] std::string query(std::string_view sql);
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] sqlite3* handle() { return database_.get(); }

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace picket::storage
