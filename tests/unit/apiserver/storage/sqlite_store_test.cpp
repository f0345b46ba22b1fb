#include "apiserver/storage/sqlite_store.hpp"

#include "apiserver/storage/sqlite.hpp"
#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;
using Change = Written::Change;
using Names = std::vector<std::string>;

namespace {

/// Starts a write without waiting for it; `answers` gets its result.
Awaitable<> write_into(
    Store& store, ObjectKey key, Mutation mutation, std::vector<Result<Written>>& answers) {
    answers.push_back(co_await store.write(std::move(key), std::move(mutation)));
}

void start(
    StoreFixture& fixture,
    ObjectKey key,
    Mutation mutation,
    std::vector<Result<Written>>& answers) {
    boost::asio::co_spawn(
        fixture.runner.context(),
        write_into(*fixture.store, std::move(key), std::move(mutation), answers),
        boost::asio::detached);
}

Awaitable<> until(
    boost::asio::any_io_executor executor,
    std::vector<Result<Written>>& answers,
    std::size_t count) {
    while (answers.size() < count) co_await boost::asio::post(executor, use_awaitable);
}

void wait_for(StoreFixture& fixture, std::vector<Result<Written>>& answers, std::size_t count) {
    fixture.runner.run(until(fixture.runner.executor(), answers, count));
}

/// Appends a letter to what is there: shows the order in which mutations ran.
Mutation append(char letter) {
    return [letter](const StoredPtr& current, Revision) -> Result<Outcome> {
        return Outcome{Put{.bytes = (current ? *current->bytes : "") + letter, .attributes = {}}};
    };
}

Mutation refuse() {
    return [](const StoredPtr&, Revision) -> Result<Outcome> {
        return Error{.reason = Reason::Conflict, .message = "stale"};
    };
}

}  // namespace

TEST_CASE("store: a write is answered with what was written", "[store]") {
    StoreFixture fixture;
    fixture.open();
    const auto created = must(fixture.write(pod_key("web"), put("one")));
    CHECK(created.change == Change::Created);
    const auto updated = must(fixture.write(pod_key("web"), put("two")));
    CHECK(updated.change == Change::Updated);
    CHECK(updated.object->revision == created.object->revision + 1);
    CHECK(*fixture.store->get(pod_key("web"))->bytes == "two");
    const auto removed = must(fixture.write(pod_key("web"), removal("last")));
    CHECK(removed.change == Change::Removed);
    CHECK(*removed.object->bytes == "last");
    CHECK_FALSE(fixture.store->get(pod_key("web")));
    CHECK(fixture.store->count("pods") == 0);
    CHECK(fixture.store->revision() == removed.object->revision);
}

TEST_CASE("store: what is kept has no room to grow", "[store]") {
    StoreFixture fixture;
    fixture.open();
    const auto written = must(fixture.write(pod_key("web"), [](const StoredPtr&, Revision) {
        Put put{.bytes = std::string(1000, 'x'), .attributes = {}};
        put.bytes.reserve(4000);
        put.attributes.fields.reserve(16);
        put.attributes.fields.emplace_back("spec.nodeName", "n1");
        return Result<Outcome>(std::move(put));
    }));
    CHECK(written.object->bytes->capacity() < 1016);
    CHECK(written.object->attributes.fields.capacity() == 1);
}

TEST_CASE("store: a mutation that keeps or refuses takes no revision", "[store]") {
    StoreFixture fixture;
    fixture.open();
    const auto revision = fixture.put_pod("web");
    const auto kept =
        must(fixture.write(pod_key("web"), [](const StoredPtr&, Revision) -> Result<Outcome> {
            return Outcome{Keep{}};
        }));
    CHECK(kept.change == Change::None);
    CHECK(kept.object->revision == revision);
    const auto refused = fixture.write(pod_key("web"), refuse());
    REQUIRE(refused.has_error());
    CHECK(refused.error().reason == Reason::Conflict);
    CHECK(fixture.put_pod("web") == revision + 1);
}

TEST_CASE("store: an exception of a mutation reaches its caller alone", "[store]") {
    StoreFixture fixture;
    fixture.open();
    const Mutation broken = [](const StoredPtr&, Revision) -> Result<Outcome> {
        throw std::logic_error("broken rule");
    };
    CHECK_THROWS_AS(fixture.write(pod_key("web"), broken), std::logic_error);
    CHECK_THROWS_AS(fixture.write(pod_key("absent"), removal()), std::logic_error);
    CHECK(fixture.put_pod("web") > 0);
}

TEST_CASE("store: writes to one key are decided one after the other", "[store]") {
    StoreFixture fixture;
    fixture.open();
    std::vector<Result<Written>> answers;
    for (const char letter : std::string("abcdef")) {
        start(fixture, pod_key("web"), append(letter), answers);
    }
    start(fixture, pod_key("web"), refuse(), answers);
    wait_for(fixture, answers, 7);
    CHECK(*fixture.store->get(pod_key("web"))->bytes == "abcdef");
    CHECK(answers[6].has_error());
}

TEST_CASE("store: nothing is seen before it is on disk", "[store]") {
    StoreFixture fixture;
    fixture.open();
    std::vector<Result<Written>> answers;
    const auto before = fixture.store->revision();
    start(fixture, pod_key("web"), put("one"), answers);
    // Runs the write up to its hand-over; the writer's report can only come through another poll.
    fixture.runner.context().restart();
    fixture.runner.context().poll_one();
    CHECK_FALSE(fixture.store->get(pod_key("web")));
    CHECK(fixture.store->revision() == before);
    wait_for(fixture, answers, 1);
    CHECK(fixture.store->get(pod_key("web")));
}

TEST_CASE("store: refuses more waiting writes than it may hold", "[store]") {
    StoreFixture fixture;
    fixture.options.waiting_writes = 3;
    fixture.open();
    std::vector<Result<Written>> answers;
    for (int i = 0; i < 5; ++i) start(fixture, pod_key("web"), append('x'), answers);
    wait_for(fixture, answers, 5);
    const auto refused =
        std::ranges::count_if(answers, [](const auto& answer) { return answer.has_error(); });
    CHECK(refused == 2);
    CHECK(*fixture.store->get(pod_key("web"))->bytes == "xxx");
}

TEST_CASE("store: everything durable is there after a restart, clean or not", "[store]") {
    StoreFixture fixture;
    const bool clean = GENERATE(true, false);
    CAPTURE(clean);
    fixture.open();
    const Attributes attributes{{{"app", "web"}}, {{"spec.nodeName", "n1"}}};
    must(fixture.write(pod_key("web"), put("one", attributes)));
    fixture.put_pod("gone");
    must(fixture.write(pod_key("gone"), removal()));
    must(fixture.write({"nodes", "", "n1"}, put("node")));
    const auto revision = fixture.store->revision();

    clean ? fixture.reopen() : fixture.drop_and_open();
    CHECK(names_of(fixture.store->list("pods", on_node("n1"), 0, {}).objects) == Names{"web"});
    const auto web = fixture.store->get(pod_key("web"));
    REQUIRE(web);
    CHECK(*web->bytes == "one");
    CHECK(web->attributes.labels == attributes.labels);
    CHECK(*fixture.store->get({"nodes", "", "n1"})->bytes == "node");
    CHECK_FALSE(fixture.store->get(pod_key("gone")));
    if (clean) CHECK(fixture.store->revision() == revision);
    CHECK(fixture.store->revision() >= revision);
    CHECK(fixture.put_pod("next") > revision);
}

TEST_CASE("store: attributes of older rules are taken out anew", "[store]") {
    StoreFixture fixture;
    fixture.open();
    must(fixture.write(pod_key("web"), put("bytes", {{{"app", "old"}}, {}})));
    fixture.options.attributes_version = 2;
    fixture.options.attributes = [](const std::string& resource, const std::string& bytes) {
        return Attributes{{{resource, bytes}}, {}};
    };
    fixture.reopen();
    CHECK(fixture.store->get(pod_key("web"))->attributes.labels == Labels{{"pods", "bytes"}});
}

TEST_CASE("store: volatile writes are seen but not kept", "[store]") {
    StoreFixture fixture;
    fixture.open();
    fixture.put_pod("lease", "durable");
    fixture.watch(fixture.store->revision());
    Revision last = 0;
    for (const auto* bytes : {"beat 1", "beat 2"}) {
        last = must(fixture.write(pod_key("lease"), put_volatile(bytes))).object->revision;
    }
    CHECK(*fixture.store->get(pod_key("lease"))->bytes == "beat 2");
    CHECK(fixture.store->revision() == last);
    const auto seen = fixture.events();
    CHECK(seen.back().revision == last);

    const bool clean = GENERATE(true, false);
    fixture.watcher.reset();
    clean ? fixture.reopen() : fixture.drop_and_open();
    CHECK(*fixture.store->get(pod_key("lease"))->bytes == "durable");
    CHECK(fixture.store->revision() >= last);
    CHECK(fixture.put_pod("other") > last);
}

TEST_CASE("store: a durable write after volatile ones keeps everything", "[store]") {
    StoreFixture fixture;
    fixture.options.history_events = 0;
    fixture.open();
    fixture.put_pod("lease", "first");
    must(fixture.write(pod_key("lease"), put_volatile("beat")));
    fixture.put_pod("lease", "second");
    fixture.reopen();
    CHECK(*fixture.store->get(pod_key("lease"))->bytes == "second");
    fixture.reopen();
    CHECK(fixture.store->count("pods") == 1);
}

TEST_CASE("store: volatile writes wait for durable ones before them", "[store]") {
    StoreFixture fixture;
    fixture.open();
    fixture.put_pod("reserves");
    must(fixture.write(pod_key("lease"), put_volatile("0")));
    fixture.watch(fixture.store->revision());
    std::vector<Result<Written>> answers;
    start(fixture, pod_key("web"), put("durable"), answers);
    start(fixture, pod_key("lease"), put_volatile("1"), answers);
    start(fixture, pod_key("lease"), put_volatile("2"), answers);
    wait_for(fixture, answers, 3);
    std::vector<WatchEvent> seen = fixture.events();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].object->key.name == "web");
    CHECK(*seen[2].object->bytes == "2");
}

TEST_CASE("store: only one store may have a file open", "[store]") {
    StoreFixture fixture;
    fixture.open();
    const auto second = SqliteStore::open(fixture.runner.executor(), fixture.options);
    REQUIRE(second.has_error());
    CHECK_THAT(second.error().message, Catch::Contains("another picket server has it open"));
    fixture.put_pod("still-works");
}

TEST_CASE("store: a database of another program is refused unchanged", "[store]") {
    StoreFixture fixture;
    Database(fixture.options.path).execute("CREATE TABLE songs (title TEXT)");
    const auto opened = SqliteStore::open(fixture.runner.executor(), fixture.options);
    REQUIRE(opened.has_error());
    CHECK_THAT(opened.error().message, Catch::Contains("another program"));
    CHECK(Database(fixture.options.path).query("SELECT count(*) FROM sqlite_master") == "1");
}

TEST_CASE("store: an empty database, from a creation that was cut short, is completed", "[store]") {
    StoreFixture fixture;
    Database(fixture.options.path).execute("PRAGMA auto_vacuum = INCREMENTAL");
    fixture.open();
    CHECK(fixture.put_pod("web") > 0);
}

TEST_CASE("store: a damaged file is refused with its path and what to do", "[store]") {
    StoreFixture fixture;
    fixture.open();
    for (int i = 0; i < 50; ++i) fixture.put_pod("p" + std::to_string(i), std::string(3'000, 'x'));
    fixture.close();
    {
        std::fstream file(fixture.options.path, std::ios::binary | std::ios::in | std::ios::out);
        file.seekp(8 * 8192);
        file << std::string(60'000, '\x7F');
    }
    const auto opened = SqliteStore::open(fixture.runner.executor(), fixture.options);
    REQUIRE(opened.has_error());
    CHECK_THAT(opened.error().message, Catch::Contains(fixture.options.path));
    CHECK_THAT(opened.error().message, Catch::Contains("restore a backup"));
}

TEST_CASE("store: a closed store answers reads, refuses writes and ends watches", "[store]") {
    StoreFixture fixture;
    fixture.open();
    fixture.put_pod("web");
    fixture.watch(fixture.store->revision());
    fixture.runner.run(fixture.store->close());
    const auto refused = fixture.write(pod_key("web"), put("late"));
    REQUIRE(refused.has_error());
    CHECK(refused.error().reason == Reason::ServiceUnavailable);
    CHECK(fixture.store->get(pod_key("web")));
    const auto ended = fixture.runner.run(fixture.watcher->next());
    REQUIRE(ended.has_error());
    CHECK(ended.error().reason == Reason::Expired);
}

TEST_CASE("store: lives in memory alone for tests", "[store]") {
    StoreFixture fixture;
    fixture.options.path = ":memory:";
    fixture.open();
    fixture.put_pod("web");
    CHECK(fixture.store->count("pods") == 1);
    CHECK_FALSE(std::filesystem::exists(":memory:"));
}

TEST_CASE("store: writes asked for together are answered in order, each for itself", "[store]") {
    StoreFixture fixture;
    fixture.open();
    fixture.put_pod("web-1", "old");
    std::vector<WriteOrder> orders;
    for (int i = 0; i < 3; ++i) orders.push_back({pod_key("web-" + std::to_string(i)), put("new")});
    orders.push_back({pod_key("web-1"), removal()});
    orders.push_back({pod_key("refused"), [](const StoredPtr&, Revision) -> Result<Outcome> {
                          return picket::Error{picket::Reason::Forbidden, "no"};
                      }});
    const auto results = fixture.runner.run(fixture.store->write_all(std::move(orders)));
    REQUIRE(results.size() == 5);
    CHECK((*results[0]).change == Written::Change::Created);
    CHECK((*results[1]).change == Written::Change::Updated);
    CHECK((*results[2]).object->key.name == "web-2");
    // The same object again: decided on the outcome of the one before.
    CHECK((*results[3]).change == Written::Change::Removed);
    CHECK(results[4].error().reason == picket::Reason::Forbidden);
    CHECK_FALSE(fixture.store->get(pod_key("web-1")));
}
