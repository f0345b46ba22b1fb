#include "apiserver/storage/log_file.hpp"

#include "apiserver/storage/attributes_codec.hpp"
#include "apiserver/storage/log_schema.hpp"
#include "common/base/file_lock.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>

namespace picket::storage {
namespace {

/// A reservation costs one small row in every this many revisions; a crash skips at most as many.
constexpr Revision kReservedAhead = 100'000;
/// What a probe must be able to write before the store calls itself writable again.
constexpr std::uint64_t kProbeBytes = 64U << 10U;

/// How a row says that the state before had the attributes that it has itself. Attributes begin
/// with the number of a version, which is never this.
constexpr std::string_view kSameAttributes("\0", 1);

Error unavailable(const std::string& path, const SqliteError& error) {
    return {
        .reason = Reason::ServiceUnavailable,
        .message = fmt::format("the store takes no writes: {}: {}", path, error.what()),
        .retry_after_seconds = 1};
}

Error cannot_open(const std::string& path, std::string_view why) {
    return {
        .reason = Reason::InternalError,
        .message = fmt::format("cannot open store {}: {}", path, why)};
}

Error describe(const std::string& path, const SqliteError& error) {
    if (!error.broken()) return cannot_open(path, error.what());
    return cannot_open(
        path, fmt::format("it is damaged ({}); restore a backup or move it away", error.what()));
}

void checkpoint_database(Database& database, int mode) {
    const int code = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, mode, nullptr, nullptr);
    if (code != SQLITE_OK) throw SqliteError(code, sqlite3_errmsg(database.handle()));
}

int remember_pages(void* pages, sqlite3* /*database*/, const char* /*schema*/, int count) {
    *static_cast<int*>(pages) = count;
    return SQLITE_OK;
}

}  // namespace

LogFile::LogFile(Options options, std::optional<FileClaim> claim)
    : options_(std::move(options)), claim_(std::move(claim)), database_(options_.path) {}

Result<LogFile> LogFile::open(Options options) {
    std::optional<FileClaim> claim;
    if (options.path != ":memory:") {
        auto taken = FileClaim::take(options.path, kPredecessorPatience);
        if (!taken) return taken.error();
        claim = std::move(*taken);
    }
    const auto path = options.path;
    try {
        LogFile file(std::move(options), std::move(claim));
        if (is_foreign(file.database_)) return cannot_open(path, "it belongs to another program");
        prepare_log_schema(file.database_);
        file.prepare();
        return file;
    } catch (const SqliteError& error) {
        return describe(path, error);
    }
}

void LogFile::prepare() {
    sqlite3_wal_hook(database_.handle(), remember_pages, waiting_pages_.get());
    statements_ = std::make_unique<Statements>(Statements{
        database_.prepare("BEGIN IMMEDIATE"),
        database_.prepare("COMMIT"),
        database_.prepare("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
        database_.prepare(
            "DELETE FROM log WHERE revision <= (SELECT max(revision) FROM "
            "(SELECT revision FROM log WHERE revision < ? ORDER BY revision LIMIT ?))"),
        database_.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)"),
        database_.prepare("INSERT INTO resources (name) VALUES (?) RETURNING id")});
    read_meta();
    read_resources();
}

void LogFile::read_meta() {
    auto statement = database_.prepare("SELECT name, value FROM meta");
    while (statement.step()) {
        const auto name = statement.bytes(0);
        if (name == "oldest") oldest_ = statement.number(1);
        if (name == "reserved") reserved_ = statement.number(1);
    }
}

void LogFile::read_resources() {
    resources_.clear();
    auto statement = database_.prepare("SELECT name, id FROM resources");
    while (statement.step()) {
        resources_.emplace(std::string(statement.bytes(0)), statement.number(1));
    }
}

void LogFile::load(const std::function<void(LogRow)>& visit) {
    std::map<std::uint64_t, std::string> names;
    for (const auto& [name, number] : resources_) names.emplace(number, name);
    auto statement = database_.prepare(
        "SELECT revision, resource, namespace, name, removed, attributes, value, copy_of, previous "
        "FROM log ORDER BY revision");
    while (statement.step()) {
        const auto name = names.find(statement.number(1));
        if (name == names.end()) throw SqliteError(SQLITE_CORRUPT, "a row of an unknown resource");
        visit(read_row(statement, name->second));
    }
}

LogRow LogFile::read_row(const Statement& row, const std::string& resource) const {
    auto bytes = std::make_shared<const std::string>(row.bytes(6));
    auto attributes = decode_attributes(row.bytes(5), options_.attributes_version);
    if (!attributes && options_.attributes) attributes = options_.attributes(resource, *bytes);
    const auto copy_of = row.number(7);
    auto object = std::make_shared<const StoredObject>(StoredObject{
        {resource, std::string(row.bytes(2)), std::string(row.bytes(3))},
        copy_of != 0 ? copy_of : row.number(0),
        std::move(bytes),
        std::move(attributes).value_or(Attributes{})});
    auto previous = read_previous(row, object);
    return {std::move(object), row.number(4) != 0, row.number(0), std::move(previous)};
}

/// Only what a filter asks for; the row of the state itself may be gone.
StoredPtr LogFile::read_previous(const Statement& row, const StoredPtr& object) const {
    static const auto kNoBytes = std::make_shared<const std::string>();
    const auto encoded = row.bytes(8);
    if (encoded.empty()) return nullptr;
    StoredObject previous{object->key, 0, kNoBytes, object->attributes};
    if (encoded != kSameAttributes) {
        previous.attributes =
            decode_attributes(encoded, options_.attributes_version).value_or(object->attributes);
    }
    return std::make_shared<const StoredObject>(std::move(previous));
}

std::string LogFile::encode_previous(const LogRow& row) const {
    if (!row.previous) return {};
    const auto& before = row.previous->attributes;
    const auto& now = row.object->attributes;
    if (before.labels == now.labels && before.fields == now.fields)
        return std::string(kSameAttributes);
    return encode_attributes(before, options_.attributes_version);
}

template <class Act>
Result<void> LogFile::attempt(Act act) {
    try {
        act();
        return Ok();
    } catch (const SqliteError& error) {
        roll_back();
        if (error.broken()) throw;
        return unavailable(options_.path, error);
    }
}

Result<void> LogFile::commit(
    std::span<const LogRow> rows, Revision up_to, const std::optional<Cut>& cut) {
    return attempt([&] { write(rows, up_to, cut); });
}

void LogFile::write(std::span<const LogRow> rows, Revision up_to, const std::optional<Cut>& cut) {
    const Revision reserve =
        up_to + kReservedAhead / 2 > reserved_ ? up_to + kReservedAhead : reserved_;
    const Revision oldest = cut ? std::max(oldest_, cut->oldest) : oldest_;
    statements_->begin.run();
    for (const auto& row : rows) append(row);
    if (cut) drop(*cut);
    if (reserve != reserved_) set_meta("reserved", reserve);
    if (oldest != oldest_) set_meta("oldest", oldest);
    statements_->commit.run();
    reserved_ = reserve;
    oldest_ = oldest;
}

void LogFile::append(const LogRow& row) {
    const auto& object = *row.object;
    const auto attributes = encode_attributes(object.attributes, options_.attributes_version);
    const auto previous = encode_previous(row);
    auto& statement = statements_->append;
    statement.bind(1, row.place)
        .bind(2, resource_number(object.key.resource))
        .bind_text(3, object.key.namespace_name)
        .bind_text(4, object.key.name)
        .bind(5, row.removed ? 1 : 0)
        .bind_bytes(6, attributes)
        .bind_bytes(7, *object.bytes)
        .bind(8, row.copied() ? object.revision : 0)
        .bind_bytes(9, previous)
        .run();
}

void LogFile::drop(const Cut& cut) {
    statements_->drop.bind(1, cut.place).bind(2, cut.most).run();
    dropped_ = static_cast<std::size_t>(sqlite3_changes64(database_.handle()));
}

void LogFile::set_meta(std::string_view name, Revision value) {
    statements_->set_meta.bind_text(1, name).bind(2, value).run();
}

std::uint64_t LogFile::resource_number(const std::string& name) {
    if (const auto known = resources_.find(name); known != resources_.end()) return known->second;
    auto& statement = statements_->add_resource;
    statement.bind_text(1, name).step();
    const auto number = statement.number(0);
    statement.run();
    resources_.emplace(name, number);
    return number;
}

void LogFile::roll_back() {
    // SQLite has rolled back by itself after most failures.
    if (database_.in_transaction()) database_.execute("ROLLBACK");
    read_resources();
}

Result<void> LogFile::probe() {
    return attempt([&] {
        database_.execute(fmt::format(
            "INSERT OR REPLACE INTO meta VALUES ('probe', zeroblob({}));"
            "DELETE FROM meta WHERE name = 'probe';",
            kProbeBytes));
    });
}

Result<void> LogFile::checkpoint() {
    return attempt([&] {
        checkpoint_database(database_, SQLITE_CHECKPOINT_PASSIVE);
        *waiting_pages_ = 0;
    });
}

Result<bool> LogFile::shrink(int pages) {
    bool more = false;
    const auto shrunk = attempt([&] { more = give_back(pages); });
    if (!shrunk) return shrunk.error();
    return more;
}

/// Unused pages are where the next rows go, so a file is cut back only when a quarter is unused.
bool LogFile::give_back(int pages) {
    const auto unused = std::stoul("0" + database_.query("PRAGMA freelist_count"));
    const auto total = std::stoul("0" + database_.query("PRAGMA page_count"));
    if (unused * 4 < total || unused < 256) return false;
    database_.execute(fmt::format("PRAGMA incremental_vacuum({})", pages));
    return true;
}

Result<void> LogFile::close(Revision up_to) {
    auto closed = attempt([&] {
        set_meta("reserved", up_to);
        checkpoint_database(database_, SQLITE_CHECKPOINT_TRUNCATE);
    });
    if (closed) reserved_ = up_to;
    return closed;
}

}  // namespace picket::storage
