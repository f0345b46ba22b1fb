#include "nodeagent/order/start_order.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <random>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using Stage = OrderedPod::Stage;

const TimePoint kNow = TimePoint{} + 1000h;

OrderedPod waiting(
    std::string name, std::vector<std::string> after = {}, std::int64_t priority = 0) {
    return {name, name, priority, std::move(after)};
}
OrderedPod begun(std::string name, Duration ago, std::int64_t priority = 0) {
    return {name, name, priority, {}, Stage::Begun, kNow - ago};
}
OrderedPod ready(std::string name, std::int64_t priority = 0) {
    return {name, name, priority, {}, Stage::Ready};
}

TEST_CASE("Start order: who may begin", "[nodeagent]") {
    struct Row {
        const char* name;
        std::vector<OrderedPod> pods;
        std::set<std::string> begin;
    };
    const auto row = GENERATE(values<Row>({
        {"no order asked for", {waiting("a"), waiting("b")}, {"a", "b"}},
        {"the named one first", {waiting("a", {"b"}), waiting("b")}, {"b"}},
        {"begun is not ready", {waiting("a", {"b"}), begun("b", 10s)}, {}},
        {"ready", {waiting("a", {"b"}), ready("b")}, {"a"}},
        {"patience has an end", {waiting("a", {"b"}), begun("b", 5min)}, {"a"}},
        {"a name that is not on this host", {waiting("a", {"elsewhere"})}, {"a"}},
        {"itself", {waiting("a", {"a"})}, {"a"}},
        {"a circle of two", {waiting("a", {"b"}), waiting("b", {"a"})}, {"a", "b"}},
        {"a circle of three and one behind it",
         {waiting("a", {"b"}), waiting("b", {"c"}), waiting("c", {"a"}), waiting("d", {"a"})},
         {"a", "b", "c"}},
        {"a circle that waits for one outside",
         {waiting("a", {"b", "x"}), waiting("b", {"a"}), waiting("x")},
         {"b", "x"}},
        {"a chain", {waiting("a", {"b"}), waiting("b", {"c"}), waiting("c")}, {"c"}},
        {"two names, one ready", {waiting("a", {"b", "c"}), ready("b"), waiting("c")}, {"c"}},
        {"the higher priority first", {waiting("a"), waiting("b", {}, 10)}, {"b"}},
        {"the same priority together", {waiting("a", {}, 5), waiting("b", {}, 5)}, {"a", "b"}},
        {"priority waits for readiness", {waiting("a"), begun("b", 29s, 10)}, {}},
        {"but not for long", {waiting("a"), begun("b", 30s, 10)}, {"a"}},
        {"ready in priority", {waiting("a"), ready("b", 10)}, {"a"}},
        {"a name beats priority", {waiting("high", {"low"}, 10), waiting("low")}, {"low"}},
    }));
    CAPTURE(row.name);
    const auto order = plan_start_order(row.pods, kNow);
    CHECK(order.begin == row.begin);
    for (const auto& pod : row.pods) {
        const bool waits = pod.stage == Stage::Waiting && !row.begin.contains(pod.uid);
        CHECK(order.waits.contains(pod.uid) == waits);
    }
}

TEST_CASE("Start order: it wakes when patience ends, and says for whom it waits", "[nodeagent]") {
    const auto order =
        plan_start_order({waiting("a", {"b"}), begun("b", 10s), begun("c", 10s, 10)}, kNow);
    CHECK(order.wake_at == kNow + 20s);
    CHECK(order.waits.at("a") == "waits for b, c to be ready");
}

/// Whatever the names and priorities are, everything begins in the end, ready or not.
TEST_CASE("Start order: nothing waits for ever", "[nodeagent]") {
    std::mt19937 random(20);
    for (int trial = 0; trial < 300; ++trial) {
        std::vector<OrderedPod> pods;
        const auto count = 1 + random() % 7;
        for (unsigned i = 0; i < count; ++i) {
            auto pod = waiting(fmt::format("p{}", i), {}, static_cast<std::int64_t>(random() % 3));
            for (unsigned edge = 0; edge < random() % 4; ++edge)
                pod.after.push_back(fmt::format("p{}", random() % 8));
            pods.push_back(std::move(pod));
        }
        auto now = kNow;
        // Each pod begins once, and patience with it ends at most twice.
        for (unsigned step = 0; step < 3 * count + 1; ++step) {
            const auto order = plan_start_order(pods, now);
            for (auto& pod : pods) {
                if (!order.begin.contains(pod.uid)) continue;
                pod.stage = random() % 2 == 0 ? Stage::Ready : Stage::Begun;
                pod.begun = now;
            }
            if (order.wake_at) now = *order.wake_at;
        }
        for (const auto& pod : pods) {
            CAPTURE(trial, pod.uid, pod.after);
            CHECK(pod.stage != Stage::Waiting);
        }
    }
}

TEST_CASE("Start order: names of the annotation", "[nodeagent]") {
    CHECK(
        parse_start_after("dns, kube-system/proxy,,mesh", "default") ==
        std::vector<std::string>{"default/dns", "kube-system/proxy", "default/mesh"});
    CHECK(parse_start_after("", "default").empty());
}

}  // namespace
}  // namespace picket::nodeagent
