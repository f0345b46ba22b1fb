#include "apiserver/storage/backup.hpp"

#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <map>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;

namespace {

using State = std::map<std::string, std::string>;

State state_of(const Store& store) {
    State state;
    for (const auto& object : store.list("pods", {}, 0, {}).objects)
        state[object->key.name] = *object->bytes;
    return state;
}

Awaitable<Result<void>> back_up_to(SqliteStore& store, std::string path) {
    return store.back_up(std::move(path), {{"ca.key", "secret"}, {"empty", ""}});
}

/// Writes until told to stop, and keeps what the store held after each write.
struct Writing {
    explicit Writing(StoreFixture& for_fixture) : fixture(for_fixture) {}
    Awaitable<> run() {
        for (unsigned i = 0; !stop; ++i) {
            const auto name = "k" + std::to_string(i % 40);
            const bool removes = i % 7 == 6 && fixture.store->get(pod_key(name));
            const auto bytes = std::to_string(i) + std::string(5'000, 'x');
            must(co_await fixture.store->write(pod_key(name), removes ? removal() : put(bytes)));
            states[fixture.store->revision()] = state_of(*fixture.store);
        }
        stopped = true;
    }
    StoreFixture& fixture;
    std::map<Revision, State> states;
    bool stop = false;
    bool stopped = false;
};

Awaitable<> end_writing(Writing& writing, boost::asio::any_io_executor executor) {
    writing.stop = true;
    while (!writing.stopped) co_await boost::asio::post(executor, use_awaitable);
}

struct BadFileRow {
    const char* name;
    std::function<void(const std::string& good, const std::string& bad)> make;
};

void copy_part(const std::string& from, const std::string& to, std::size_t size) {
    std::ifstream in(from, std::ios::binary);
    std::string bytes(size, '\0');
    in.read(bytes.data(), static_cast<std::streamsize>(size));
    std::ofstream(to, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("backup: it holds one state of a store that is written meanwhile", "[store][backup]") {
    StoreFixture fixture;
    fixture.open();
    for (int i = 0; i < 400; ++i)
        fixture.put_pod("old" + std::to_string(i), std::string(9'000, 'y'));
    const auto before = fixture.store->revision();
    Writing writing(fixture);
    boost::asio::co_spawn(fixture.runner.context(), writing.run(), boost::asio::detached);
    const auto path = fixture.folder.file("backup");
    REQUIRE(fixture.runner.run(back_up_to(*fixture.store, path)).has_value());
    fixture.runner.run(end_writing(writing, fixture.runner.executor()));

    const auto content = must(read_backup(path));
    CHECK(content.revision > before);
    REQUIRE(writing.states.contains(content.revision));
    const auto& expected = writing.states.at(content.revision);
    CHECK(content.objects == expected.size());
    REQUIRE(content.files.size() == 2);
    CHECK(content.files[0].content == "secret");
    using std::filesystem::perms;
    CHECK(std::filesystem::status(path).permissions() == (perms::owner_read | perms::owner_write));

    const auto last = fixture.store->revision();
    fixture.close();
    fixture.options.path = fixture.folder.file("restored.db");
    must(restore_backup(path, fixture.options.path));
    fixture.open();
    CHECK(state_of(*fixture.store) == expected);
    CHECK(fixture.put_pod("after") > last);
    const auto watched = fixture.store->watch("pods", {}, content.revision);
    REQUIRE(watched.has_error());
    CHECK(watched.error().reason == Reason::Expired);
}

TEST_CASE("backup: one that cannot be written harms nothing", "[store][backup]") {
    StoreFixture fixture;
    fixture.open();
    fixture.put_pod("before");
    const auto path = fixture.folder.file("backup");
    REQUIRE(fixture.runner.run(back_up_to(*fixture.store, path)).has_value());
    for (const auto& taken : {path, fixture.folder.file("no-such-folder/backup")}) {
        const auto refused = fixture.runner.run(back_up_to(*fixture.store, taken));
        REQUIRE(refused.has_error());
        CHECK_THAT(refused.error().message, Catch::Contains(taken));
    }
    fixture.put_pod("after");
    CHECK(must(read_backup(path)).objects == 1);
}

TEST_CASE("backup: what is not a whole backup is refused by name", "[store][backup]") {
    const auto row = GENERATE(
        BadFileRow{"missing", [](const auto&, const auto&) {}},
        BadFileRow{"empty", [](const auto& good, const auto& bad) { copy_part(good, bad, 0); }},
        BadFileRow{
            "cut off", [](const auto& good, const auto& bad) { copy_part(good, bad, 70'000); }},
        BadFileRow{
            "text",
            [](const auto&, const auto& bad) { std::ofstream(bad) << std::string(5'000, 'a'); }},
        BadFileRow{
            "another program's",
            [](const auto&, const auto& bad) {
                Database(bad).execute("PRAGMA application_id = 5; CREATE TABLE t (x)");
            }},
        BadFileRow{"a store", [](const auto&, const auto& bad) {
                       StoreFixture other;
                       other.open();
                       other.put_pod("p");
                       other.close();
                       std::filesystem::copy_file(other.options.path, bad);
                   }});
    CAPTURE(row.name);
    StoreFixture fixture;
    fixture.open();
    for (int i = 0; i < 30; ++i) fixture.put_pod("p" + std::to_string(i), std::string(9'000, 'y'));
    const auto good = fixture.folder.file("good");
    const auto bad = fixture.folder.file("bad");
    const auto target = fixture.folder.file("target.db");
    REQUIRE(fixture.runner.run(back_up_to(*fixture.store, good)).has_value());
    row.make(good, bad);
    const auto restored = restore_backup(bad, target);
    REQUIRE(restored.has_error());
    CHECK_THAT(restored.error().message, Catch::Contains(bad));
    CHECK_FALSE(std::filesystem::exists(target));
}
