#include "common/async/timing.hpp"

#include "common/async/run_on.hpp"
#include "common/async/task_group.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/thread_pool.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <thread>

using namespace picket;
using namespace std::chrono_literals;

namespace {

Awaitable<> count_wakeups(Notification& wake, int& count) {
    for (;;) {
        co_await wake.wait();
        ++count;
    }
}

}  // namespace

TEST_CASE("Notification: one that comes before the wait is kept, once", "[timing]") {
    testing::AsyncRunner runner;
    Notification wake(runner.executor());
    wake.notify();
    wake.notify();
    runner.run(wake.wait());
    REQUIRE_FALSE(runner.run(wake.wait_for(1ms)));
}

TEST_CASE("Notification: wakes every coroutine that waits", "[timing]") {
    testing::AsyncRunner runner;
    Notification wake(runner.executor());
    int first = 0;
    int second = 0;
    TaskGroup group(runner.executor());
    group.spawn("first", count_wakeups(wake, first));
    group.spawn("second", count_wakeups(wake, second));
    runner.poll();
    wake.notify();
    runner.poll();
    REQUIRE(first == 1);
    REQUIRE(second == 1);
    runner.run(group.stop());
}

TEST_CASE("Notification: wait_for tells a wake-up from the end of its time", "[timing]") {
    testing::AsyncRunner runner;
    Notification wake(runner.executor());
    REQUIRE_FALSE(runner.run(wake.wait_for(1ms)));
    wake.notify();
    REQUIRE(runner.run(wake.wait_for(std::chrono::steady_clock::duration::max())));
}

TEST_CASE("run_on: works on the other executor and resumes with the result", "[timing]") {
    testing::AsyncRunner runner;
    boost::asio::thread_pool pool(1);  // joined before the loop that its thread resumes is gone
    const auto worker =
        runner.run(run_on(pool.get_executor(), [] { return std::this_thread::get_id(); }));
    REQUIRE(worker != std::this_thread::get_id());
}

TEST_CASE("run_on: an exception of the work reaches the caller", "[timing]") {
    testing::AsyncRunner runner;
    boost::asio::thread_pool pool(1);  // joined before the loop that its thread resumes is gone
    REQUIRE_THROWS_AS(
        runner.run(
            run_on(pool.get_executor(), []() -> int { throw std::runtime_error("disk is gone"); })),
        std::runtime_error);
}

TEST_CASE("AsyncRunner: a coroutine that can never end fails instead of hanging", "[timing]") {
    testing::AsyncRunner runner;
    REQUIRE_THROWS_AS(runner.run(sleep_for(24h), 1s), std::runtime_error);
}
