#include "apiserver/storage/history.hpp"

#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket::storage;
using namespace picket::storage::testing;
using Type = Event::Type;
using Revisions = std::vector<Revision>;

namespace {

constexpr History::Limits kWide{1'000, 1'000'000};

Event modified(const StoredPtr& before, const StoredPtr& after) {
    return {Type::Modified, after, before, after->revision};
}

/// Pod "p" written at each of the revisions 2, 3, … up to `last`.
History written_up_to(Revision last, History::Limits limits) {
    History history(limits, 1);
    StoredPtr before;
    for (Revision revision = 2; revision <= last; ++revision) {
        const auto after = a_pod("p", revision).with_bytes(100).build();
        history.append({before ? Type::Modified : Type::Added, after, before, revision});
        history.trim();
        before = after;
    }
    return history;
}

Revisions replayed(const History& history, Revision from, const std::string& resource = "pods") {
    Revisions revisions;
    history.replay(
        resource, from, [&](const Event& event) { revisions.push_back(event.revision); });
    return revisions;
}

}  // namespace

TEST_CASE("history: replays what came after, in order", "[history]") {
    const auto history = written_up_to(6, kWide);
    CHECK(replayed(history, 1) == Revisions{2, 3, 4, 5, 6});
    CHECK(replayed(history, 4) == Revisions{5, 6});
    CHECK(replayed(history, 6).empty());
    CHECK(replayed(history, 1, "nodes").empty());
}

TEST_CASE("history: is bounded by count", "[history]") {
    const auto history = written_up_to(6, {2, 1'000'000});
    CHECK(history.oldest() == 4);
    CHECK(replayed(history, 4) == Revisions{5, 6});
}

TEST_CASE("history: is bounded by the bytes that only it keeps", "[history]") {
    // Events 3, 4, 5 and 6 each keep the 100 bytes of the state before; 2 keeps nothing of its own.
    const auto history = written_up_to(6, {1'000, 250});
    CHECK(replayed(history, history.oldest()) == Revisions{5, 6});
}

TEST_CASE("history: a smaller bound holds from the next trim", "[history]") {
    auto history = written_up_to(6, kWide);
    history.limit_bytes(250);
    history.trim();
    CHECK(replayed(history, history.oldest()) == Revisions{5, 6});
}

TEST_CASE("history: resources share the limits and are trimmed in order", "[history]") {
    History history({2, 1'000'000}, 1);
    for (const Revision revision : {2, 3, 4, 5}) {
        auto object = std::make_shared<StoredObject>(*a_pod("x", revision).build());
        object->key.resource = revision % 2 == 0 ? "pods" : "nodes";
        history.append({Type::Added, object, nullptr, revision});
    }
    history.trim();
    CHECK(history.oldest() == 3);
    CHECK(replayed(history, 3) == Revisions{4});
    CHECK(replayed(history, 3, "nodes") == Revisions{5});
}

TEST_CASE("history: a run of heartbeats is kept as its last one", "[history]") {
    History history(kWide, 1);
    auto before = a_pod("lease", 2).build();
    history.append({Type::Added, before, nullptr, 2});
    const auto first = before;
    for (const Revision revision : {3, 4, 5}) {
        const auto after = a_pod("lease", revision).build();
        history.append_volatile(modified(before, after));
        before = after;
    }
    CHECK(replayed(history, 1) == Revisions{2, 5});
    history.replay("pods", 2, [&](const Event& event) { CHECK(event.previous == first); });
}

TEST_CASE("history: heartbeats that a filter can tell apart are all kept", "[history]") {
    History history(kWide, 1);
    const auto a = a_pod("p", 2).on("n1").build();
    const auto b = a_pod("p", 3).on("n2").build();
    const auto c = a_pod("p", 4).on("n1").build();
    history.append_volatile(modified(a, b));
    history.append_volatile(modified(b, c));
    CHECK(replayed(history, 2) == Revisions{3, 4});
}

TEST_CASE("history: volatile and durable events replay in one order", "[history]") {
    History history(kWide, 1);
    const auto a = a_pod("p", 2).build();
    const auto b = a_pod("p", 3).build();
    const auto c = a_pod("p", 4).build();
    const auto d = a_pod("p", 5).build();
    history.append({Type::Added, a, nullptr, 2});
    history.append_volatile(modified(a, b));
    history.append(modified(b, c));
    history.append_volatile(modified(c, d));
    CHECK(replayed(history, 1) == Revisions{2, 3, 4, 5});
    CHECK(replayed(history, 3) == Revisions{4, 5});
}

TEST_CASE("history: volatile events go with the durable ones of their time", "[history]") {
    History history({1, 1'000'000}, 1);
    const auto a = a_pod("p", 2).build();
    const auto b = a_pod("p", 3).build();
    history.append_volatile(modified(a, b));
    history.append({Type::Added, a_pod("q", 4).build(), nullptr, 4});
    history.append({Type::Added, a_pod("r", 5).build(), nullptr, 5});
    history.trim();
    CHECK(history.oldest() == 4);
    CHECK(replayed(history, 1) == Revisions{5});
}
