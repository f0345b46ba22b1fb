/// The judge itself: it must find what is wrong.
#include "tests/integration/crash/recorded_history.hpp"

#include <catch2/catch.hpp>

using namespace picket::crash;

namespace {

using Type = SeenEvent::Type;

SeenEvent an_event(
    Type type, const std::string& name, const std::string& token, Revision revision) {
    return {type, {name, "uid-" + name, token, "a", revision}};
}

const std::vector<SeenEvent> kHistory = {
    an_event(Type::Added, "x", "1", 10),
    an_event(Type::Modified, "x", "2", 11),
    an_event(Type::Added, "y", "3", 15),
    an_event(Type::Deleted, "x", "2", 16),
};
const std::map<std::string, Selection> kWatchers = {{"all", {}}};

Record a_record_of(const std::vector<SeenEvent>& events) {
    Record record;
    for (const auto& event : events) record.watched("all", event);
    return record;
}

struct WrongRow {
    const char* name;
    std::function<void(Record&)> tell;
    std::string expected;
};

}  // namespace

TEST_CASE("crash judge: what fits together is accepted", "[crash]") {
    auto record = a_record_of(kHistory);
    record.acknowledged({"1", 9}, kHistory[0].object);
    record.acknowledged_removal("uid-x");
    record.refused("9");
    record.listed(11, 15, {kHistory[1].object, kHistory[2].object});
    CHECK(record.contradictions(kHistory, kWatchers).empty());
}

TEST_CASE("crash judge: every kind of contradiction is found", "[crash]") {
    const auto row = GENERATE(
        WrongRow{
            "a lost write",
            [](Record& record) {
                record.acknowledged({"7", 0}, {"z", "u", "7", "a", 14});
            },
            "lost"},
        WrongRow{
            "a write under another revision",
            [](Record& record) {
                record.acknowledged({"1", 0}, {"x", "uid-x", "1", "a", 9});
            },
            "not as acknowledged"},
        WrongRow{
            "a revision that went back",
            [](Record& record) {
                record.acknowledged({"1", 12}, kHistory[0].object);
            },
            "had been seen"},
        WrongRow{
            "a lost removal",
            [](Record& record) { record.acknowledged_removal("uid-y"); },
            "removal of uid-y is lost"},
        WrongRow{
            "a refused write that is there",
            [](Record& record) { record.refused("3"); },
            "refused"},
        WrongRow{
            "a list of another state",
            [](Record& record) { record.listed(0, 15, {kHistory[1].object}); },
            "not the state"},
        WrongRow{
            "a list older than what was seen",
            [](Record& record) { record.listed(12, 10, {kHistory[0].object}); },
            "after @12"});
    CAPTURE(row.name);
    auto record = a_record_of(kHistory);
    row.tell(record);
    const auto found = record.contradictions(kHistory, kWatchers);
    REQUIRE(found.size() == 1);
    CHECK_THAT(found.front(), Catch::Contains(row.expected));
}

TEST_CASE("crash judge: a watcher that missed or swapped an event is found", "[crash]") {
    auto events = kHistory;
    SECTION("missed") {
        events.erase(events.begin() + 1);
    }
    SECTION("swapped") {
        std::swap(events[1], events[2]);
    }
    SECTION("told twice") {
        events.insert(events.begin(), events.front());
    }
    SECTION("cut short") {
        events.pop_back();
    }
    CHECK(a_record_of(events).contradictions(kHistory, kWatchers).size() == 1);
}

TEST_CASE("crash judge: a content that is there twice is found", "[crash]") {
    auto history = kHistory;
    history.push_back(an_event(Type::Added, "x", "1", 20));
    CHECK_FALSE(a_record_of(history).contradictions(history, kWatchers).empty());
}
