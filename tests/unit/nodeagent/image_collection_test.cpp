#include "nodeagent/images/image_collection.hpp"

#include "common/base/private_file.hpp"
#include "nodeagent/images/image_collector.hpp"
#include "nodeagent/runtime/image_name.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using picket::testing::AsyncRunner;
using picket::testing::FakeRuntime;
using picket::testing::TemporaryDirectory;

constexpr TimePoint kMoment = TimePoint{} + 1000h;
constexpr ImageLimits kLimits{};

CollectableImage unused_for(std::string id, std::chrono::minutes age, std::uint64_t size = 100) {
    return {std::move(id), size, kMoment - age, false};
}

DiskUse used_percent(std::uint64_t percent) {
    return {1000, 1000 - percent * 10};
}

using Ids = std::vector<std::string>;

TEST_CASE("Image collection: nothing goes while the disk is not full", "[images]") {
    const std::vector images{unused_for("a", 60min)};
    CHECK(plan_image_collection(images, used_percent(84), kLimits, kMoment).remove.empty());
    CHECK(plan_image_collection(images, std::nullopt, kLimits, kMoment).remove.empty());
    CHECK(plan_image_collection(images, DiskUse{}, kLimits, kMoment).remove.empty());
}

TEST_CASE("Image collection: a full disk is freed down to the low mark, oldest first", "[images]") {
    const std::vector images{
        unused_for("new", 10min, 50), unused_for("old", 90min, 30), unused_for("mid", 20min, 60)};
    const auto plan = plan_image_collection(images, used_percent(88), kLimits, kMoment);
    CHECK(plan.wanted_bytes == 80);
    CHECK(plan.remove == Ids{"old", "mid"});
    CHECK(plan.found_bytes == 90);
}

TEST_CASE("Image collection: what is used, or was until just now, stays", "[images]") {
    auto used = unused_for("used", 90min);
    used.in_use = true;
    const auto plan = plan_image_collection(
        {used, unused_for("fresh", 1min), unused_for("old", 3min)},
        used_percent(100),
        kLimits,
        kMoment);
    CHECK(plan.remove == Ids{"old"});
    CHECK(plan.found_bytes < plan.wanted_bytes);
}

TEST_CASE(
    "Image collection: 100 percent means never, a highest age means on any disk", "[images]") {
    const std::vector images{unused_for("a", 90min), unused_for("b", 30min)};
    ImageLimits limits;
    limits.high_percent = 100;
    CHECK(plan_image_collection(images, used_percent(100), limits, kMoment).remove.empty());
    limits.max_age = 60min;
    CHECK(plan_image_collection(images, used_percent(10), limits, kMoment).remove == Ids{"a"});
    CHECK(plan_image_collection(images, std::nullopt, limits, kMoment).remove == Ids{"a"});
}

TEST_CASE(
    "Image collection: whatever is given, only what may go goes, and no more than needed",
    "[images]") {
    std::mt19937 dice(7);
    const auto roll = [&](int most) {
        return static_cast<int>(dice() % static_cast<unsigned>(most));
    };
    for (int round = 0; round < 500; ++round) {
        std::vector<CollectableImage> images;
        for (int i = roll(12); i > 0; --i) {
            auto image = unused_for(
                std::to_string(i),
                std::chrono::minutes{roll(30)},
                1U + static_cast<unsigned>(roll(200)));
            image.in_use = roll(3) == 0;
            images.push_back(image);
        }
        const auto plan = plan_image_collection(
            images, used_percent(static_cast<unsigned>(roll(101))), kLimits, kMoment);
        std::uint64_t bytes = 0;
        std::uint64_t before_last = 0;
        for (const auto& id : plan.remove) {
            const auto found = std::ranges::find(images, id, &CollectableImage::id);
            REQUIRE(found != images.end());
            CHECK_FALSE(found->in_use);
            CHECK(kMoment - found->last_used >= kLimits.min_age);
            before_last = bytes;
            bytes += found->size_bytes;
        }
        if (!plan.remove.empty()) CHECK(before_last < plan.wanted_bytes);
    }
}

/// An engine with images, and a collector for which every disk is full.
struct Collection {
    AsyncRunner runner;
    SystemClock clock;
    TemporaryDirectory data;
    FakeRuntime engine{runner.executor(), clock};
    ImageLedger ledger{data.path() / "images.json"};
    std::set<std::string> wanted;
    ImageCollector collector{
        engine, ledger, clock, ImageLimits{.min_age = 0ms, .max_age = 1ms}, [this] {
            return wanted;
        }};

    void pulled(const std::string& name) {
        engine.add_image(name);
        REQUIRE(ledger.add("sha256:" + name, name, clock.now() - 1h));
    }
    bool there(const std::string& name) {
        return runner.run(engine.inspect_image(name)).has_value();
    }
    void collect() { REQUIRE(runner.run(collector.collect())); }
};

TEST_CASE("Image collector: an image that it did not pull is never touched", "[images]") {
    Collection host;
    host.engine.add_image("loaded:1");
    host.pulled("pulled:1");
    host.collect();
    CHECK(host.there("loaded:1"));
    CHECK_FALSE(host.there("pulled:1"));
    CHECK(host.engine.count("remove_image") == 1);
    CHECK(host.ledger.images().empty());
}

TEST_CASE("Image collector: anybody's container, dead or alive, keeps its image", "[images]") {
    Collection host;
    host.pulled("pulled:1");
    ContainerSpec foreign;
    foreign.name = "somebody-elses";
    foreign.image = "pulled:1";
    const auto id = host.runner.run(host.engine.create(foreign));
    REQUIRE(id);
    host.collect();
    CHECK(host.there("pulled:1"));
    REQUIRE(host.runner.run(host.engine.remove(*id)));
}

TEST_CASE("Image collector: what a pod of the host wants stays", "[images]") {
    Collection host;
    host.pulled("next:2");
    host.wanted = {"next:2", "not-there:1"};
    host.collect();
    CHECK(host.there("next:2"));
}

TEST_CASE("Image collector: an image that went without it is forgotten", "[images]") {
    Collection host;
    REQUIRE(host.ledger.add("sha256:gone", "gone:1", host.clock.now()));
    host.collect();
    CHECK(host.ledger.images().empty());
}

TEST_CASE("Image collector: an engine that is away is an error, nothing is forgotten", "[images]") {
    Collection host;
    host.pulled("pulled:1");
    host.engine.set_away(true);
    CHECK_FALSE(host.runner.run(host.collector.collect()));
    CHECK(host.ledger.holds("sha256:pulled:1"));
}

TEST_CASE(
    "Image ledger: the next agent knows what was pulled; a damaged file holds nothing",
    "[images]") {
    TemporaryDirectory data;
    const auto file = data.path() / "images.json";
    ImageLedger first(file);
    REQUIRE(first.add("sha256:1", "a:1", kMoment));
    REQUIRE(first.add("sha256:1", "a:latest", kMoment + 1h));
    ImageLedger second(file);
    second.open();
    REQUIRE(second.holds("sha256:1"));
    CHECK(second.images().at("sha256:1").names == std::set<std::string>{"a:1", "a:latest"});
    CHECK(second.images().at("sha256:1").last_used == kMoment + 1h);
    REQUIRE(write_private_file(file, "{\"sha256:1\""));
    ImageLedger third(file);
    third.open();
    CHECK(third.images().empty());
}

TEST_CASE("Image names: the same image under several names", "[images]") {
    CHECK(same_image_name("busybox", "docker.io/library/busybox:latest"));
    CHECK(same_image_name("a/b:1", "docker.io/a/b:1"));
    CHECK_FALSE(same_image_name("a/b:1", "a/b:2"));
    CHECK_FALSE(same_image_name("host:5000/a:1", "a:1"));
}

}  // namespace
}  // namespace picket::nodeagent
