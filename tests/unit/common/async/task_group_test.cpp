#include "common/async/task_group.hpp"

#include "common/async/timing.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <vector>

using namespace picket;
using namespace std::chrono_literals;

namespace {

Awaitable<> set_after_wait(Notification& go, bool& done) {
    co_await go.wait();
    done = true;
}

Awaitable<> fail_after_wait(Notification& go) {
    co_await go.wait();
    throw std::runtime_error("broken");
}

/// What a component does whose run() is cancelled while it owns a group of its own.
Awaitable<> own_children(boost::asio::any_io_executor executor, std::size_t& left) {
    TaskGroup children(executor);
    children.spawn("child", sleep_for(24h));
    boost::asio::steady_timer never(executor, 24h);
    co_await never.async_wait(as_result);
    co_await boost::asio::this_coro::reset_cancellation_state();
    co_await children.stop();
    left = children.size();
}

}  // namespace

TEST_CASE("TaskGroup: stop cancels every task and waits for the last", "[task_group]") {
    testing::AsyncRunner runner;
    TaskGroup group(runner.executor());
    for (int i = 0; i < 3; ++i) group.spawn("sleeper", sleep_for(24h));
    REQUIRE(group.size() == 3);
    runner.run(group.stop());
    REQUIRE(group.size() == 0);
}

TEST_CASE("TaskGroup: a task that ends leaves the group", "[task_group]") {
    testing::AsyncRunner runner;
    Notification go(runner.executor());
    bool done = false;
    TaskGroup group(runner.executor());
    group.spawn("one", set_after_wait(go, done));
    go.notify();
    runner.poll();
    REQUIRE(done);
    REQUIRE(group.size() == 0);
    runner.run(group.stop());
}

TEST_CASE("TaskGroup: a task spawned after stop never starts", "[task_group]") {
    testing::AsyncRunner runner;
    Notification go(runner.executor());
    go.notify();
    bool done = false;
    TaskGroup group(runner.executor());
    runner.run(group.stop());
    group.spawn("late", set_after_wait(go, done));
    runner.poll();
    REQUIRE_FALSE(done);
    REQUIRE(group.size() == 0);
}

TEST_CASE("TaskGroup: an escaped exception is reported with the task's name", "[task_group]") {
    testing::AsyncRunner runner;
    Notification go(runner.executor());
    std::vector<std::string> failed;
    TaskGroup group(runner.executor(), [&](const std::string& task, std::exception_ptr) {
        failed.push_back(task);
    });
    group.spawn("breaks", fail_after_wait(go));
    go.notify();
    runner.poll();
    REQUIRE(failed == std::vector<std::string>{"breaks"});
    runner.run(group.stop());
}

TEST_CASE("TaskGroup: cancellation by stop is no failure", "[task_group]") {
    testing::AsyncRunner runner;
    int failures = 0;
    TaskGroup group(runner.executor(), [&](const std::string&, std::exception_ptr) { ++failures; });
    group.spawn("sleeper", sleep_for(24h));
    runner.run(group.stop());
    REQUIRE(failures == 0);
}

TEST_CASE("TaskGroup: a cancelled owner can still stop its own group", "[task_group]") {
    testing::AsyncRunner runner;
    std::size_t left = 99;
    TaskGroup group(runner.executor(), [](const std::string&, std::exception_ptr) {});
    group.spawn("owner", own_children(runner.executor(), left));
    runner.run(group.stop());
    REQUIRE(left == 0);
}

TEST_CASE("TaskGroup: stop may be awaited again", "[task_group]") {
    testing::AsyncRunner runner;
    TaskGroup group(runner.executor());
    group.spawn("sleeper", sleep_for(24h));
    runner.run(group.stop());
    runner.run(group.stop());
    REQUIRE(group.stopping());
}
