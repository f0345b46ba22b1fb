#include "apiserver/storage/file_claim.hpp"
#include "apiserver/storage/log_file.hpp"
#include "common/async/timing.hpp"
#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <map>
#include <random>

using namespace picket::storage;
using namespace picket::storage::testing;

namespace {

constexpr std::size_t kObjects = 64;
constexpr std::size_t kBytes = 16U << 10U;

/// Writes `count` objects at random, fifty at the same time, and remembers what each holds then.
class Churner {
public:
    explicit Churner(StoreFixture& fixture) : fixture_(fixture) {}

    void write(std::size_t count) {
        while (count > 0) {
            std::size_t waiting = 0;
            for (int i = 0; i < 50 && count > 0; ++i, --count) {
                const auto name = fmt::format("web-{}", random_() % kObjects);
                auto bytes = fmt::format("{}{:0{}}", name, ++number_, kBytes);
                contents_[name] = bytes;
                ++waiting;
                boost::asio::co_spawn(
                    fixture_.runner.executor(),
                    one(fixture_.store.get(), name, std::move(bytes), &waiting),
                    boost::asio::detached);
            }
            fixture_.runner.run(wait_until_none(&waiting));
        }
    }
    [[nodiscard]] const std::map<std::string, std::string>& contents() const { return contents_; }

private:
    static picket::Awaitable<> one(
        Store* store, std::string name, std::string bytes, std::size_t* waiting) {
        must(co_await store->write(pod_key(name), put(std::move(bytes))));
        --*waiting;
    }
    static picket::Awaitable<> wait_until_none(const std::size_t* waiting) {
        while (*waiting > 0) co_await picket::sleep_for(std::chrono::milliseconds(1));
    }

    StoreFixture& fixture_;
    std::mt19937 random_{7};
    std::size_t number_ = 0;
    std::map<std::string, std::string> contents_;
};

void check_contents(StoreFixture& fixture, const Churner& churner) {
    for (const auto& [name, bytes] : churner.contents()) {
        CAPTURE(name);
        const auto object = fixture.store->get(pod_key(name));
        REQUIRE(object);
        CHECK(*object->bytes == bytes);
    }
}

}  // namespace

TEST_CASE("store: the file stays small however often its objects change", "[store][compaction]") {
    StoreFixture fixture;
    fixture.open();
    const auto still = fixture.put_pod("still", "never changed");
    must(fixture.write(pod_key("beats"), put("durable")));
    Churner churner(fixture);
    churner.write(1'500);
    must(fixture.write(pod_key("beats"), put_volatile("beat")));
    churner.write(1'500);
    check_contents(fixture, churner);

    // 48 MiB were written; 1 MiB lives, and 8 MiB may be dead.
    const bool clean = GENERATE(true, false);
    clean ? fixture.reopen() : fixture.drop_and_open();
    check_contents(fixture, churner);
    CHECK(fixture.store->count("pods") == churner.contents().size() + 2);
    CHECK(fixture.store->get(pod_key("still"))->revision == still);
    // Copied forward in the state that memory held.
    CHECK(*fixture.store->get(pod_key("beats"))->bytes == "beat");
    churner.write(50);
    fixture.close();
    CHECK(std::filesystem::file_size(fixture.options.path) < (16U << 20U));
    Database file(fixture.options.path);
    CHECK(
        file.query(
            "SELECT count(*) FROM log WHERE name = 'still' AND copy_of = " +
            std::to_string(still)) != "0");
    CHECK(file.query("SELECT count(*) FROM log WHERE revision = " + std::to_string(still)) == "0");
}

TEST_CASE("store: a copied object is neither an event nor a new revision", "[store][compaction]") {
    StoreFixture fixture;
    fixture.open();
    fixture.put_pod("still", "never changed");
    Churner churner(fixture);
    churner.write(2'000);
    fixture.reopen();
    const auto from = fixture.store->oldest_watchable();
    fixture.watch(from);
    Revision last = from;
    for (const auto& event : fixture.events()) {
        CHECK(event.revision > last);
        CHECK(event.object->key.name != "still");
        last = event.revision;
    }
    CHECK(last <= fixture.store->revision());
}

TEST_CASE("log file: what a filter saw before is known when its row is gone", "[compaction]") {
    const TemporaryFolder folder;
    const LogFile::Options options{folder.file(), 1, {}};
    const auto before = a_pod("web", 5).on("n1").build();
    const auto moved = a_pod("web", 6).on("n2").build();
    const auto same = a_pod("web", 7).on("n2").build();
    {
        auto file = must(LogFile::open(options));
        const std::vector<LogRow> rows = {
            {before, false, 5, nullptr}, {moved, false, 6, before}, {same, false, 7, moved}};
        REQUIRE_FALSE(file.commit(rows, 7, Cut{6, 5, 100}).has_error());
        CHECK(file.dropped() == 1);
    }
    auto file = must(LogFile::open(options));
    CHECK(file.oldest() == 5);
    std::vector<LogRow> loaded;
    file.load([&](LogRow row) { loaded.push_back(std::move(row)); });
    REQUIRE(loaded.size() == 2);
    REQUIRE(loaded[0].previous);
    CHECK(loaded[0].previous->attributes.field("spec.nodeName") == "n1");
    REQUIRE(loaded[1].previous);
    CHECK(loaded[1].previous->attributes.field("spec.nodeName") == "n2");
}

TEST_CASE("log file: a cut takes steps, and tells how far it came", "[compaction]") {
    const TemporaryFolder folder;
    auto file = must(LogFile::open({folder.file(), 1, {}}));
    std::vector<LogRow> rows;
    for (Revision place = 2; place < 12; ++place)
        rows.push_back({a_pod("web", place).build(), false, place, nullptr});
    REQUIRE_FALSE(file.commit(rows, 11, {}).has_error());
    REQUIRE_FALSE(file.commit({}, 0, Cut{9, 8, 5}).has_error());
    CHECK(file.dropped() == 5);
    REQUIRE_FALSE(file.commit({}, 0, Cut{9, 8, 5}).has_error());
    CHECK(file.dropped() == 2);
    REQUIRE_FALSE(file.commit({}, 0, Cut{9, 8, 5}).has_error());
    CHECK(file.dropped() == 0);
    std::size_t left = 0;
    file.load([&](const LogRow& row) { left += row.place >= 9 ? 1 : 100; });
    CHECK(left == 3);
}

TEST_CASE("store: a file of the first version is read on", "[store][compaction]") {
    StoreFixture fixture;
    Database(fixture.options.path)
        .execute(fmt::format(
            "CREATE TABLE log (revision INTEGER PRIMARY KEY, resource INTEGER NOT NULL, namespace "
            "TEXT NOT NULL, name TEXT NOT NULL, removed INTEGER NOT NULL, attributes BLOB NOT "
            "NULL, value BLOB NOT NULL);"
            "CREATE TABLE resources (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
            "CREATE TABLE meta (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;"
            "INSERT INTO meta VALUES ('oldest', 1), ('reserved', 9);"
            "INSERT INTO resources VALUES (1, 'pods');"
            "INSERT INTO log VALUES (2, 1, 'default', 'web', 0, X'010000', 'old');"
            "INSERT INTO log VALUES (3, 1, 'default', 'web', 0, X'010000', 'new');"
            "INSERT INTO log VALUES (4, 1, 'default', 'web', 1, X'010000', 'gone');"
            "INSERT INTO log VALUES (5, 1, 'default', 'api', 0, X'010000', 'api');"
            "PRAGMA user_version = 1; PRAGMA application_id = {};",
            kApplicationId));
    fixture.open();
    CHECK_FALSE(fixture.store->get(pod_key("web")));
    CHECK(*fixture.store->get(pod_key("api"))->bytes == "api");
    CHECK(fixture.put_pod("new") == 10);
    fixture.watch(1);
    const auto seen = fixture.events();
    REQUIRE(seen.size() == 5);
    CHECK(seen[1].type == Event::Type::Modified);
    CHECK(seen[2].type == Event::Type::Deleted);
}
