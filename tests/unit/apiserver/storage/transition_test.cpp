#include "apiserver/storage/transition.hpp"

#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket::storage;
using namespace picket::storage::testing;
using Type = Event::Type;

namespace {

/// Nodes before and after one change, seen by a watcher of node n1; "" where there is no object.
struct Row {
    const char* name;
    const char* before;
    const char* after;
    std::optional<Type> seen;
};

Event event_of(const Row& row) {
    const std::string before = row.before;
    const std::string after = row.after;
    const auto previous = before.empty() ? nullptr : a_pod("web", 4).on(before).build();
    const auto object = a_pod("web", 5).on(after.empty() ? before : after).build();
    const auto type = after.empty() ? Type::Deleted : previous ? Type::Modified : Type::Added;
    return {type, object, previous, 5};
}

}  // namespace

TEST_CASE("watch transition: what a filtered watcher sees of a change", "[watch]") {
    const auto row = GENERATE(
        Row{"created and matching", "", "n1", Type::Added},
        Row{"created elsewhere", "", "n2", std::nullopt},
        Row{"changed and still matching", "n1", "n1", Type::Modified},
        Row{"starts to match", "n2", "n1", Type::Added},
        Row{"stops matching", "n1", "n2", Type::Deleted},
        Row{"changed elsewhere", "n2", "n2", std::nullopt},
        Row{"removed while matching", "n1", "", Type::Deleted},
        Row{"removed elsewhere", "n2", "", std::nullopt});
    CAPTURE(row.name);
    const auto seen = transition(on_node("n1"), event_of(row));
    REQUIRE(seen.has_value() == row.seen.has_value());
    if (!seen) return;
    CHECK(seen->type == *row.seen);
    CHECK(seen->revision == 5);
    CHECK(seen->object->revision == 5);
}

TEST_CASE("filter: every restriction must hold", "[watch]") {
    const auto pod = a_pod("web", 1).in("prod").on("n1").labeled("app", "web").build();
    Filter filter = on_node("n1");
    filter.namespace_name = "prod";
    filter.name = "web";
    filter.predicate = [](const StoredObject& object) {
        return object.attributes.labels.contains("app");
    };
    CHECK(filter.matches(*pod));
    const auto broken = GENERATE(0, 1, 2, 3);
    CAPTURE(broken);
    if (broken == 0) filter.namespace_name = "dev";
    if (broken == 1) filter.name = "db";
    if (broken == 2) filter.field->second = "n2";
    if (broken == 3) filter.predicate = [](const StoredObject&) { return false; };
    CHECK_FALSE(filter.matches(*pod));
}
