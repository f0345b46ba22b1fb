#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <map>
#include <random>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;
using Type = Event::Type;

namespace {

constexpr int kWriters = 8;
constexpr int kWritesEach = 60;

/// What one watcher believes, from the list it started with and every event since.
struct Believer {
    Filter filter;
    std::unique_ptr<Watcher> watcher;
    std::map<ObjectKey, Revision> belief;
    Revision last = 0;

    void apply(const WatchEvent& event) {
        REQUIRE(event.revision > last);
        last = event.revision;
        const bool known = belief.contains(event.object->key);
        REQUIRE(known == (event.type != Type::Added));
        if (event.type == Type::Deleted) {
            belief.erase(event.object->key);
        } else {
            belief[event.object->key] = event.revision;
        }
    }
};

std::map<ObjectKey, Revision> truth(const Store& store, const Filter& filter) {
    std::map<ObjectKey, Revision> objects;
    for (const auto& object : store.list("pods", filter, 0, {}).objects) {
        objects[object->key] = object->revision;
    }
    return objects;
}

/// Writers change few pods on few nodes at random; between writes watchers open and read at random.
class Chaos {
public:
    Chaos(StoreFixture& fixture, unsigned seed) : fixture_(fixture), random_(seed) {}

    Awaitable<> write_often() {
        for (int i = 0; i < kWritesEach; ++i) {
            const auto written = co_await fixture_.store->write(any_key(), any_mutation());
            if (!written) REQUIRE(written.error().reason == Reason::Conflict);
            if (pick(10) == 0) open_watcher();
            if (pick(3) == 0 && !believers_.empty()) co_await read(pick(believers_.size()));
        }
        ++finished_;
    }

    Awaitable<> run(boost::asio::any_io_executor executor) {
        for (int i = 0; i < kWriters; ++i) {
            boost::asio::co_spawn(executor, write_often(), boost::asio::detached);
        }
        while (finished_ < kWriters) co_await boost::asio::post(executor, use_awaitable);
        for (std::size_t i = 0; i < believers_.size(); ++i) co_await read(i);
    }

    void check() const {
        for (const auto& believer : believers_) {
            CHECK(believer->belief == truth(*fixture_.store, believer->filter));
        }
        CHECK(believers_.size() > 10);
    }
    void end_watches() { believers_.clear(); }

private:
    std::size_t pick(std::size_t count) {
        return std::uniform_int_distribution<std::size_t>(0, count - 1)(random_);
    }
    std::string any_node() { return "n" + std::to_string(pick(3)); }
    ObjectKey any_key() {
        return pod_key("p" + std::to_string(pick(6)), pick(2) == 0 ? "default" : "prod");
    }

    Mutation any_mutation() {
        const auto choice = pick(10);
        const Attributes attributes{{}, {{"spec.nodeName", any_node()}}};
        return [choice, attributes](const StoredPtr& current, Revision) -> Result<Outcome> {
            if (choice == 0) return Error{.reason = Reason::Conflict, .message = "refused"};
            if (choice == 1) return Outcome{Keep{}};
            if (choice < 4 && current) return Outcome{Remove{"last"}};
            return Outcome{
                Put{.bytes = "{}", .attributes = attributes, .volatile_write = choice == 4}};
        };
    }

    Filter any_filter() {
        Filter filter;
        if (pick(2) == 0) filter = on_node(any_node());
        if (pick(3) == 0) filter.namespace_name = "prod";
        if (pick(3) == 0) filter.name = "p" + std::to_string(pick(6));
        if (pick(3) == 0) {
            filter.predicate = [](const StoredObject& object) {
                return object.attributes.field("spec.nodeName") != "n1";
            };
        }
        return filter;
    }

    void open_watcher() {
        auto believer = std::make_unique<Believer>();
        believer->filter = any_filter();
        believer->belief = truth(*fixture_.store, believer->filter);
        believer->last = fixture_.store->revision();
        believer->watcher = must(fixture_.store->watch("pods", believer->filter, believer->last));
        believers_.push_back(std::move(believer));
    }

    /// Takes what has come, without waiting for more.
    Awaitable<> read(std::size_t index) {
        auto& believer = *believers_[index];
        while (believer.watcher->progress() < fixture_.store->revision()) {
            const auto events = must(co_await believer.watcher->next());
            for (const auto& event : events) believer.apply(event);
        }
    }

    StoreFixture& fixture_;
    std::mt19937 random_;
    std::vector<std::unique_ptr<Believer>> believers_;
    int finished_ = 0;
};

}  // namespace

TEST_CASE("store property: every watcher ends with the truth", "[store][property]") {
    const unsigned seed = GENERATE(range(1U, 9U));
    CAPTURE(seed);
    StoreFixture fixture;
    fixture.open();
    Chaos chaos(fixture, seed);
    fixture.runner.run(chaos.run(fixture.runner.executor()));
    chaos.check();
    chaos.end_watches();
}
