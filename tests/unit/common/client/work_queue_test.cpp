#include "common/client/work_queue.hpp"

#include "common/client/backoff.hpp"
#include "tests/support/run_async.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::client;
using namespace std::chrono_literals;

TEST_CASE("WorkQueue: keys come in order and each waits at most once", "[work_queue]") {
    testing::AsyncRunner runner;
    WorkQueue queue(runner.executor());
    for (const auto* key : {"a", "b", "a"}) queue.add(key);
    REQUIRE(queue.size() == 2);
    REQUIRE(runner.run(queue.next()) == "a");
    REQUIRE(runner.run(queue.next()) == "b");
}

TEST_CASE("WorkQueue: a key added while it is worked on comes back after done", "[work_queue]") {
    testing::AsyncRunner runner;
    WorkQueue queue(runner.executor());
    queue.add("a");
    const auto key = runner.run(queue.next());
    queue.add("a");
    queue.add("a");
    REQUIRE(queue.size() == 0);
    queue.done(key);
    REQUIRE(queue.size() == 1);
    REQUIRE(runner.run(queue.next()) == "a");
    queue.done("a");
    REQUIRE(queue.size() == 0);
}

TEST_CASE("WorkQueue: the earliest of several delays wins", "[work_queue]") {
    testing::AsyncRunner runner;
    WorkQueue queue(runner.executor());
    queue.add_after("a", 24h);
    queue.add_after("a", 1ms);
    queue.add_after("a", 12h);
    REQUIRE(runner.run(queue.next()) == "a");
}

TEST_CASE("WorkQueue: delayed keys come in the order of their time", "[work_queue]") {
    testing::AsyncRunner runner;
    WorkQueue queue(runner.executor());
    queue.add_after("late", 20ms);
    queue.add_after("soon", 1ms);
    queue.add_after("now", 0ms);
    REQUIRE(runner.run(queue.next()) == "now");
    REQUIRE(runner.run(queue.next()) == "soon");
    REQUIRE(runner.run(queue.next()) == "late");
}

TEST_CASE("WorkQueue: a failed key comes back", "[work_queue]") {
    testing::AsyncRunner runner;
    WorkQueue queue(runner.executor(), 1ms, 4ms);
    for (int attempt = 0; attempt < 5; ++attempt) {
        queue.add_failed("a");
        REQUIRE(queue.size() == 0);
        REQUIRE(runner.run(queue.next()) == "a");
        queue.done("a");
    }
    queue.forget("a");
}

TEST_CASE("WorkQueue: may be destroyed while a delay runs", "[work_queue]") {
    testing::AsyncRunner runner;
    { WorkQueue(runner.executor()).add_after("a", 0ms + 1ms); }
    runner.poll();
}

TEST_CASE("Back-off: doubles up to its limit", "[backoff]") {
    struct Row {
        unsigned failures;
        std::chrono::milliseconds delay;
    };
    const auto row = GENERATE(
        Row{0, 100ms},
        Row{1, 200ms},
        Row{2, 400ms},
        Row{6, 6'400ms},
        Row{7, 10s},
        Row{8, 10s},
        Row{4'000'000'000, 10s});
    CAPTURE(row.failures);
    REQUIRE(backoff_delay(row.failures, 100ms, 10s) == row.delay);
}

TEST_CASE("Back-off: jitter stays between half and the whole", "[backoff]") {
    REQUIRE(with_jitter(1000ms, 0.0) == 500ms);
    REQUIRE(with_jitter(1000ms, 0.5) == 750ms);
    REQUIRE(with_jitter(1000ms, 0.999) < 1000ms);
}
