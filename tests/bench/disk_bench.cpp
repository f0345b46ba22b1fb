/// What the machine can do without picket: the numbers the others are read against.
#include "apiserver/storage/sqlite.hpp"
#include "tests/bench/benches.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

namespace picket::bench {
namespace {

constexpr std::size_t kRowBytes = 2048;

Samples measure_fdatasync(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("cannot write " + path);
    const std::string page(4096, 'x');
    Samples samples;
    for (off_t i = 0; i < 1'000; ++i) {
        const auto start = Clock::now();
        if (::pwrite(file, page.data(), page.size(), i % 256 * 4096) < 0 ||
            ::fdatasync(file) != 0) {
            throw std::runtime_error("cannot write " + path);
        }
        samples.add(Clock::now() - start);
    }
    ::close(file);
    return samples;
}

/// One thread, one rowid table without indexes, `rows` inserts in each transaction.
double measure_inserts(const std::string& path, std::size_t rows, Clock::duration duration) {
    storage::Database database(path);
    database.execute(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE log (revision INTEGER PRIMARY KEY, name TEXT, value BLOB)");
    auto insert = database.prepare("INSERT INTO log VALUES (?, ?, ?)");
    const std::string value(kRowBytes, 'x');
    const auto start = Clock::now();
    std::uint64_t revision = 0;
    while (Clock::now() < start + duration) {
        database.execute("BEGIN");
        for (std::size_t i = 0; i < rows; ++i) {
            insert.bind(1, ++revision).bind_text(2, "default/name").bind_bytes(3, value).run();
        }
        database.execute("COMMIT");
    }
    return static_cast<double>(revision) /
           std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

void disk_bench(Table& table, const Settings& settings) {
    table.section("This machine: disk and SQLite alone, 2 KiB rows");
    auto sync = measure_fdatasync(settings.folder + "/sync");
    table.add_delay("write 4 KiB + fdatasync", sync);
    for (const std::size_t rows : {1U, 10U, 100U}) {
        const auto path = fmt::format("{}/plain-{}.db", settings.folder, rows);
        const auto rate = measure_inserts(path, rows, settings.duration);
        table.add(
            fmt::format("SQLite inserts, {} in a transaction", rows),
            fmt::format("{:.0f}/s", rate));
    }
}

}  // namespace picket::bench
