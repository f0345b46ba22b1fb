#include "tests/unit/common/daemonset/plan_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

PodBuilder new_pod(const std::string& name) {
    return a_pod(name).hash("new");
}

const DaemonSetBuilder kLogs = a_daemonset("logs");
const std::vector<DaemonSetBuilder> kBothStrategies{kLogs, kLogs.on_delete()};

}  // namespace

TEST_CASE("Plan: what one node's pods lead to, under both update strategies", "[daemonset][plan]") {
    const auto tainted = a_node("n1").tainted("gpu", "NoSchedule");
    const auto banned = a_node("n1").tainted("gpu", "NoExecute");
    struct Row {
        const char* name;
        NodeBuilder node;
        std::vector<PodBuilder> pods;
        Names created;
        Names deleted;
    };
    const std::vector<Row> rows{
        {"no pod: one is made", a_node("n1"), {}, {"n1"}, {}},
        {"a running pod stays", a_node("n1"), {new_pod("a").ready()}, {}, {}},
        {"a pending pod stays", a_node("n1"), {new_pod("a")}, {}, {}},
        {"a terminating pod holds the node",
         a_node("n1"),
         {new_pod("a").ready().terminating()},
         {},
         {}},
        {"a finished pod that is being deleted is as good as gone",
         a_node("n1"),
         {new_pod("a").failed().terminating()},
         {"n1"},
         {}},
        {"a failed pod is deleted; its replacement waits",
         a_node("n1"),
         {new_pod("a").failed()},
         {},
         {"a"}},
        {"a succeeded pod is deleted; its replacement waits",
         a_node("n1"),
         {new_pod("a").phase("Succeeded")},
         {},
         {"a"}},
        {"a failed pod beside a running one goes",
         a_node("n1"),
         {new_pod("a").failed(), new_pod("b").ready()},
         {},
         {"a"}},
        {"of several the oldest stays",
         a_node("n1"),
         {new_pod("a").created(9).ready(),
          new_pod("b").created(3),
          new_pod("c").created(5).ready()},
         {},
         {"a", "c"}},
        {"of equally old ones the first name stays",
         a_node("n1"),
         {new_pod("b"), new_pod("a")},
         {},
         {"b"}},
        {"a bound pod stays before an older unbound one",
         a_node("n1"),
         {new_pod("a").aimed_at("n1").created(1), new_pod("b").created(9)},
         {},
         {"a"}},
        {"a terminating duplicate is left alone",
         a_node("n1"),
         {new_pod("a"), new_pod("b").terminating()},
         {},
         {}},
        {"NoSchedule taint: none is made", tainted, {}, {}, {}},
        {"NoSchedule taint: the running pod stays", tainted, {new_pod("a").ready()}, {}, {}},
        {"NoSchedule taint: a failed pod goes", tainted, {new_pod("a").failed()}, {}, {"a"}},
        {"NoSchedule taint: duplicates go", tainted, {new_pod("a"), new_pod("b")}, {}, {"b"}},
        {"NoExecute taint: all go",
         banned,
         {new_pod("a").ready(), new_pod("b").failed()},
         {},
         {"a", "b"}},
        {"NoExecute taint: a terminating pod is left alone",
         banned,
         {new_pod("a").terminating()},
         {},
         {}},
    };
    for (const auto& set : kBothStrategies) {
        for (const auto& row : rows) {
            CAPTURE(row.name, set.json()["spec"]["updateStrategy"].dump());
            Fleet fleet(set);
            fleet.with(row.node);
            for (const auto& pod : row.pods)
                fleet.with(pod.view().target_node().empty() ? pod.on("n1") : pod);
            const auto plan = fleet.plan();
            CHECK(created(plan) == row.created);
            CHECK(deleted(plan) == row.deleted);
        }
    }
}

TEST_CASE(
    "Plan: a node that no longer matches loses its pod, one that now matches gains one",
    "[daemonset][plan]") {
    for (const auto& set : kBothStrategies) {
        Fleet fleet(set.node_selector("disk", "ssd"));
        fleet.with(a_node("n1"))
            .with(a_node("n2").labelled("disk", "ssd"))
            .with(new_pod("a").on("n1").ready());
        CHECK(deleted(fleet.plan()) == Names{"a"});
        CHECK(fleet.plan().deletes.front().reason == DeleteReason::NotEligible);
        CHECK(created(fleet.plan()) == Names{"n2"});
    }
}

TEST_CASE(
    "Plan: pods of a missing node: bound ones are left to the pod collector", "[daemonset][plan]") {
    Fleet fleet(kLogs);
    fleet.with(new_pod("bound").on("gone")).with(new_pod("aimed").aimed_at("gone"));
    CHECK(deleted(fleet.plan()) == Names{"aimed"});
    CHECK(created(fleet.plan()).empty());
}

TEST_CASE("Plan: a pod that names no node is passed over", "[daemonset][plan]") {
    Fleet fleet(kLogs);
    fleet.with(a_node("n1")).with(new_pod("nowhere"));
    CHECK(deleted(fleet.plan()).empty());
    CHECK(created(fleet.plan()) == Names{"n1"});
}

TEST_CASE("Plan: events tell of finished pods", "[daemonset][plan]") {
    Fleet fleet(kLogs);
    fleet.with(a_node("n1")).with(new_pod("a").on("n1").failed("OutOfcpu"));
    fleet.with(a_node("n2")).with(new_pod("b").on("n2").phase("Succeeded"));
    const auto events = fleet.plan().events;
    REQUIRE(events.size() == 2);
    CHECK(events[0].warning);
    CHECK(events[0].reason == "FailedDaemonPod");
    CHECK_THAT(
        events[0].message,
        Catch::Contains("default/a") && Catch::Contains("n1") && Catch::Contains("OutOfcpu"));
    CHECK_FALSE(events[1].warning);
    CHECK(events[1].reason == "SucceededDaemonPod");
}

TEST_CASE(
    "Plan: a failed pod that is backed off stays visible, and the set looks again",
    "[daemonset][plan]") {
    Fleet fleet(kLogs);
    fleet.with(a_node("n1")).with(new_pod("a").on("n1").failed()).at_time(0);
    const auto first = fleet.plan();
    REQUIRE(first.backoff.size() == 1);
    CHECK(deleted(first) == Names{"a"});
    fleet.backoff.set(first.backoff[0].first, first.backoff[0].second);

    const auto held = fleet.plan();
    CHECK(held.idle());
    CHECK(held.events.empty());
    CHECK(held.requeue_after == Duration(std::chrono::seconds(1)));
    CHECK(deleted(fleet.at_time(1).plan()) == Names{"a"});
}

TEST_CASE("Plan: of several failed pods on one node one goes at a time", "[daemonset][plan]") {
    Fleet fleet(kLogs);
    fleet.with(a_node("n1"))
        .with(new_pod("a").on("n1").failed())
        .with(new_pod("b").on("n1").failed());
    const auto plan = fleet.plan();
    CHECK(deleted(plan) == Names{"a"});
    CHECK(plan.requeue_after == Duration(std::chrono::seconds(1)));
}

TEST_CASE(
    "Back-off: doubles from 1 s to 15 min and starts afresh after quiet or a new generation",
    "[daemonset][plan]") {
    FailedPodBackoff backoff;
    TimePoint now = kStart;
    std::vector<std::int64_t> delays;
    for (int i = 0; i < 12; ++i) {
        const auto entry = backoff.next("n1", 1, now);
        backoff.set("n1", entry);
        delays.push_back(std::chrono::duration_cast<std::chrono::seconds>(entry.delay).count());
        CHECK(backoff.remaining("n1", 1, now) == entry.delay);
        now += entry.delay;
        CHECK_FALSE(backoff.remaining("n1", 1, now));
    }
    CHECK(delays == std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900});

    CHECK(backoff.next("n1", 2, now).delay == FailedPodBackoff::kFirst);
    CHECK_FALSE(backoff.remaining("n1", 2, now));
    CHECK_FALSE(backoff.remaining("n2", 1, now));
    CHECK(backoff.next("n1", 1, now + std::chrono::hours(1)).delay == FailedPodBackoff::kFirst);
    backoff.forget_quiet(now + std::chrono::hours(1));
    CHECK(backoff.size() == 0);
}

TEST_CASE(
    "Plan, surging: the new pod comes while the old one terminates; one of each revision stays",
    "[daemonset][plan]") {
    const auto set = kLogs.rolling(0, 1).min_ready(10);
    const auto old_pod = [](const std::string& name) { return a_pod(name).hash("old").on("n1"); };
    const auto fresh = [](const std::string& name) { return new_pod(name).on("n1"); };
    struct Row {
        const char* name;
        std::vector<PodBuilder> pods;
        Names created;
        Names deleted;
    };
    const std::vector<Row> rows{
        {"old one terminating: the new one is made",
         {old_pod("a").ready().terminating()},
         {"n1"},
         {}},
        {"failed one: deleted, the replacement waits", {fresh("a").failed()}, {}, {"a"}},
        {"both, new one not ready: both stay", {old_pod("a").ready(), fresh("b")}, {}, {}},
        {"both, new one ready, not yet available: both stay",
         {old_pod("a").ready(), fresh("b").ready(995)},
         {},
         {}},
        {"both, new one available: the old one goes",
         {old_pod("a").ready(), fresh("b").ready(990)},
         {},
         {"a"}},
        {"both, old one not ready: it goes", {old_pod("a"), fresh("b")}, {}, {"a"}},
        {"two of each: the oldest of each stay",
         {old_pod("a").ready(), old_pod("b").created(5).ready(), fresh("c"), fresh("d").created(5)},
         {},
         {"b", "d"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Fleet fleet(set);
        fleet.with(a_node("n1"));
        for (const auto& pod : row.pods) fleet.with(pod);
        const auto plan = fleet.plan();
        CHECK(created(plan) == row.created);
        CHECK(deleted(plan) == row.deleted);
    }
}
