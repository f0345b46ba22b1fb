#include "common/api/pod.hpp"
#include "common/async/task_group.hpp"
#include "nodeagent/images/prefetch_request.hpp"
#include "nodeagent/images/pull_slots.hpp"
#include "tests/support/run_async.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

Awaitable<> hold_slot(PullSlots& slots, Notification& release, int& running, int& most) {
    const auto slot = co_await slots.take();
    most = std::max(most, ++running);
    co_await release.wait();
    --running;
    release.notify();
}

TEST_CASE("Prefetch request: what the annotation asks for", "[nodeagent]") {
    const auto request = parse_prefetch_request(
        {{kPrefetchAnnotation,
          R"({"revision":"r2","asked":"t","images":[{"image":"a:1","policy":"Always"},{"image":"b:1"}],
              "imagePullSecrets":["s"]})"}});
    REQUIRE(request);
    CHECK(request->revision == "r2");
    CHECK(
        request->images ==
        std::vector<WantedImage>{
            {"a:1", ImagePullPolicy::Always}, {"b:1", ImagePullPolicy::IfNotPresent}});
    const auto wanted =
        with_wanted_images(parse_pod(builders::a_pod().container("m").json()), *request);
    REQUIRE(wanted.find_container(wanted_container_name(1)) != nullptr);
    CHECK(wanted.find_container(wanted_container_name(1))->image == "b:1");
    CHECK(wanted.spec.image_pull_secrets == std::vector<std::string>{"s"});
}

TEST_CASE("Prefetch request: none, or one that makes no sense, asks for nothing", "[nodeagent]") {
    CHECK_FALSE(parse_prefetch_request({}));
    CHECK_FALSE(parse_prefetch_request({{kPrefetchAnnotation, "not json"}}));
    CHECK_FALSE(parse_prefetch_request({{kPrefetchAnnotation, R"({"images":[]})"}}));
}

TEST_CASE("Pull slots: never more at once than allowed, and all get their turn", "[nodeagent]") {
    picket::testing::AsyncRunner runner;
    PullSlots slots(runner.executor(), {.parallel = 2, .spread = std::chrono::seconds{1}}, 7);
    Notification release(runner.executor());
    int running = 0;
    int most = 0;
    TaskGroup tasks(runner.executor());
    for (int i = 0; i < 5; ++i) tasks.spawn("pull", hold_slot(slots, release, running, most));
    runner.poll();
    CHECK(running == 2);
    CHECK(slots.full());
    for (int i = 0; i < 10; ++i) {
        release.notify();
        runner.poll();
    }
    CHECK(most == 2);
    CHECK(running == 0);
    runner.run(tasks.stop());
}

TEST_CASE("Pull slots: a delay lies within the spread", "[nodeagent]") {
    picket::testing::AsyncRunner runner;
    PullSlots slots(runner.executor(), {.parallel = 1, .spread = std::chrono::seconds{3}}, 7);
    for (int i = 0; i < 100; ++i) CHECK(slots.delay() < std::chrono::seconds{3});
}

}  // namespace
}  // namespace picket::nodeagent
