#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;
using Type = Event::Type;
using Names = std::vector<std::string>;

namespace {

Names names_of_events(const std::vector<WatchEvent>& events) {
    Names names;
    for (const auto& event : events) names.push_back(event.object->key.name);
    return names;
}

Mutation bind_to(std::string node) {
    return put("{}", Attributes{{}, {{"spec.nodeName", std::move(node)}}});
}

}  // namespace

TEST_CASE("store watch: past events come first, then new ones", "[store][watch]") {
    StoreFixture fixture;
    fixture.open();
    const auto from = fixture.put_pod("seen");
    fixture.put_pod("past");
    fixture.watch(from);
    fixture.put_pod("new");
    CHECK(names_of_events(fixture.events()) == Names{"past", "new"});
    CHECK(fixture.watcher->progress() == fixture.store->revision());
}

TEST_CASE("store watch: each restriction selects its events", "[store][watch]") {
    StoreFixture fixture;
    fixture.open();
    const auto from = fixture.store->revision();
    Filter by_name;
    by_name.name = "b";
    Filter by_namespace;
    by_namespace.namespace_name = "prod";
    Filter by_predicate;
    by_predicate.predicate = [](const StoredObject& object) { return object.key.name != "a"; };
    const auto [filter, expected] = GENERATE_COPY(
        std::pair{Filter{}, Names{"a", "b", "c"}},
        std::pair{by_name, Names{"b"}},
        std::pair{by_namespace, Names{"c"}},
        std::pair{on_node("n1"), Names{"a"}},
        std::pair{by_predicate, Names{"b", "c"}});
    fixture.watch(from, filter);
    must(fixture.write(pod_key("a"), bind_to("n1")));
    must(fixture.write({"nodes", "", "a"}, put("{}")));
    must(fixture.write(pod_key("b"), bind_to("n2")));
    must(fixture.write(pod_key("c", "prod"), put("{}")));
    CHECK(names_of_events(fixture.events()) == expected);
}

TEST_CASE("store watch: an object that moves leaves one node and joins another", "[store][watch]") {
    StoreFixture fixture;
    fixture.open();
    must(fixture.write(pod_key("web"), bind_to("n1")));
    const auto from = fixture.store->revision();
    auto left = must(fixture.store->watch("pods", on_node("n1"), from));
    auto joined = must(fixture.store->watch("pods", on_node("n2"), from));
    must(fixture.write(pod_key("web"), bind_to("n2")));
    const auto leaving = must(fixture.runner.run(left->next()));
    const auto joining = must(fixture.runner.run(joined->next()));
    REQUIRE(leaving.size() == 1);
    CHECK(leaving[0].type == Type::Deleted);
    CHECK(leaving[0].object->attributes.field("spec.nodeName") == "n2");
    REQUIRE(joining.size() == 1);
    CHECK(joining[0].type == Type::Added);
    CHECK(joining[0].revision == leaving[0].revision);
}

TEST_CASE("store watch: progress passes events that do not concern it", "[store][watch]") {
    StoreFixture fixture;
    fixture.open();
    fixture.watch(fixture.store->revision(), on_node("n1"));
    const auto elsewhere = fixture.put_pod("elsewhere");
    CHECK(fixture.watcher->progress() == elsewhere);
    must(fixture.write(pod_key("mine"), bind_to("n1")));
    // Not handed out yet, so a bookmark must not pass it.
    CHECK(fixture.watcher->progress() < fixture.store->revision());
    fixture.events();
    CHECK(fixture.watcher->progress() == fixture.store->revision());
}

TEST_CASE("store watch: one that does not read is cut off, others are not", "[store][watch]") {
    StoreFixture fixture;
    fixture.options.watcher_queue = 3;
    fixture.open();
    fixture.watch(fixture.store->revision());
    auto other = must(fixture.store->watch("pods", {}, fixture.store->revision()));
    for (int i = 0; i < 4; ++i) {
        fixture.put_pod("p" + std::to_string(i));
        CHECK(must(fixture.runner.run(other->next())).size() == 1);
    }
    const auto cut = fixture.runner.run(fixture.watcher->next());
    REQUIRE(cut.has_error());
    CHECK(cut.error().reason == Reason::Expired);
}

TEST_CASE("store watch: one that does not read large objects is cut off sooner", "[store][watch]") {
    StoreFixture fixture;
    fixture.open();
    fixture.watch(fixture.store->revision());
    for (int i = 0; i < 33; ++i) fixture.put_pod("large", std::string(1U << 20U, 'x'));
    const auto cut_off = fixture.runner.run(fixture.watcher->next());
    REQUIRE(cut_off.has_error());
    CHECK(cut_off.error().reason == Reason::Expired);
}

TEST_CASE("store watch: replayed events do not count as falling behind", "[store][watch]") {
    StoreFixture fixture;
    fixture.options.watcher_queue = 2;
    fixture.open();
    const auto from = fixture.store->revision();
    for (int i = 0; i < 5; ++i) fixture.put_pod("p" + std::to_string(i));
    fixture.watch(from);
    fixture.put_pod("new");
    CHECK(fixture.events().size() == 6);
}

TEST_CASE("store watch: only kept and past revisions can be watched from", "[store][watch]") {
    StoreFixture fixture;
    fixture.options.history_events = 2;
    fixture.open();
    for (int i = 0; i < 6; ++i) fixture.put_pod("web");
    const auto oldest = fixture.store->oldest_watchable();
    CHECK(oldest == fixture.store->revision() - 2);
    CHECK(fixture.store->watch("pods", {}, oldest).has_value());
    for (const auto from : {oldest - 1, Revision{0}, fixture.store->revision() + 1}) {
        const auto refused = fixture.store->watch("pods", {}, from);
        REQUIRE(refused.has_error());
        CHECK(refused.error().reason == Reason::Expired);
    }
}

TEST_CASE("store watch: resumes across a restart, clean or not", "[store][watch]") {
    StoreFixture fixture;
    const bool clean = GENERATE(true, false);
    CAPTURE(clean);
    fixture.open();
    must(fixture.write(pod_key("moves"), bind_to("n1")));
    const auto from = fixture.store->revision();
    must(fixture.write(pod_key("moves"), bind_to("n2")));
    must(fixture.write(pod_key("comes"), bind_to("n1")));
    must(fixture.write(pod_key("comes"), removal()));

    clean ? fixture.reopen() : fixture.drop_and_open();
    fixture.watch(from, on_node("n1"));
    const auto seen = fixture.events();
    REQUIRE(seen.size() == 3);
    CHECK(seen[0].type == Type::Deleted);
    CHECK(seen[0].object->key.name == "moves");
    CHECK(seen[1].type == Type::Added);
    CHECK(seen[2].type == Type::Deleted);
    CHECK(seen[2].object->key.name == "comes");
}

TEST_CASE("store watch: a restart claims no history whose rows are gone", "[store][watch]") {
    StoreFixture fixture;
    fixture.options.history_events = 3;
    fixture.open();
    for (int i = 0; i < 20; ++i) fixture.put_pod("web", std::to_string(i));
    fixture.reopen();
    const auto oldest = fixture.store->oldest_watchable();
    const auto newest = fixture.store->revision();
    REQUIRE(oldest <= newest - 3);
    fixture.watch(oldest);
    const auto seen = fixture.events();
    REQUIRE(seen.size() == newest - oldest);
    for (const auto& event : seen) CHECK(event.type == Type::Modified);
    fixture.watcher.reset();
    // With a narrower window the next start keeps less, not more.
    fixture.options.history_events = 1;
    fixture.reopen();
    CHECK(fixture.store->oldest_watchable() == newest - 1);
}

TEST_CASE("store watch: a watcher may outlive its store", "[store][watch]") {
    StoreFixture fixture;
    fixture.open();
    auto watcher = must(fixture.store->watch("pods", {}, fixture.store->revision()));
    fixture.close();
    CHECK(fixture.runner.run(watcher->next()).has_error());
}
