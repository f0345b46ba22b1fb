#include "common/daemonset/status.hpp"

#include "tests/unit/common/daemonset/plan_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

TEST_CASE("Status: the counters of a mixed fleet", "[daemonset][status]") {
    Fleet fleet(a_daemonset("logs").min_ready(10).generation(7));
    fleet.at_time(100);
    fleet.with(a_node("empty"));
    fleet.with(a_node("pending")).with(a_pod("a").on("pending").hash("old"));
    fleet.with(a_node("ready")).with(a_pod("b").on("ready").hash("new").ready(95));
    fleet.with(a_node("available")).with(a_pod("c").on("available").hash("new").ready(90));
    fleet.with(a_node("leaving")).with(a_pod("d").on("leaving").hash("new").ready(0).terminating());
    fleet.with(a_node("tainted").tainted("gpu", "NoSchedule"))
        .with(a_pod("e").on("tainted").hash("new").ready(0));
    fleet.with(a_node("banned").tainted("gpu", "NoExecute"));
    fleet.with(a_pod("f").on("missing").hash("new").ready(0));

    const auto counted = fleet.status();
    CHECK(counted.status.desired_number_scheduled == 5);
    CHECK(counted.status.current_number_scheduled == 4);
    CHECK(counted.status.number_misscheduled == 1);
    CHECK(counted.status.number_ready == 3);
    CHECK(counted.status.number_available == 2);
    CHECK(counted.status.updated_number_scheduled == 3);
    CHECK(counted.status.number_unavailable == 3);
    CHECK(counted.status.observed_generation == 7);
    CHECK(counted.next_available == Duration(std::chrono::seconds(5)));
}

TEST_CASE("Status: the first of several pods speaks for the node", "[daemonset][status]") {
    Fleet fleet(a_daemonset("logs"));
    fleet.with(a_node("n1"));
    fleet.with(a_pod("young").created(9).on("n1").hash("new").ready());
    fleet.with(a_pod("old").created(1).on("n1").hash("old"));
    const auto status = fleet.status().status;
    CHECK(status.number_ready == 0);
    CHECK(status.updated_number_scheduled == 0);
    CHECK(status.current_number_scheduled == 1);
}

TEST_CASE("Status: zero counters that clients expect left out are removed", "[daemonset][status]") {
    const auto patch = status_patch(
        {.current_number_scheduled = 0, .number_available = 0, .number_unavailable = 2})["status"];
    CHECK(patch["currentNumberScheduled"] == 0);
    CHECK(patch["numberReady"] == 0);
    CHECK(patch["numberAvailable"].is_null());
    CHECK(patch["updatedNumberScheduled"].is_null());
    CHECK(patch["numberUnavailable"] == 2);
    CHECK_FALSE(patch.contains("collisionCount"));
    CHECK(status_patch({.collision_count = 1})["status"]["collisionCount"] == 1);
}

TEST_CASE(
    "Status: a new pod beside the old one is awaited, for the old one goes when it is available",
    "[daemonset][status]") {
    Fleet fleet(a_daemonset("logs").rolling(0, 1).min_ready(10));
    fleet.at_time(100);
    fleet.with(a_node("n1"));
    fleet.with(a_pod("old").created(1).on("n1").hash("old").ready(0));
    fleet.with(a_pod("new").created(90).on("n1").hash("new").ready(97));
    CHECK(fleet.status().next_available == Duration(std::chrono::seconds(7)));
}
