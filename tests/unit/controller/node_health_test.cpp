#include "controller/node_lifecycle/node_health.hpp"

#include "tests/support/builders.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::controller;
using namespace picket::testing;

namespace {

using Source = HeartbeatTracker::Source;

std::vector<std::string> texts(const std::vector<Taint>& taints) {
    std::vector<std::string> result;
    for (const auto& taint : taints) result.push_back(taint.to_string());
    return result;
}

}  // namespace

TEST_CASE(
    "Heartbeats: a node falls silent after its grace, counted from when we heard of it", "[node]") {
    HeartbeatTracker tracker(std::chrono::seconds(10));
    tracker.add("n1", true, at(0));
    CHECK_FALSE(tracker.silent("n1", at(9)));
    CHECK(tracker.silent("n1", at(10)));
    tracker.heard("n1", Source::Lease, "a", at(8));
    CHECK_FALSE(tracker.silent("n1", at(17)));
    CHECK(tracker.next_deadline() == at(18));
}

TEST_CASE("Heartbeats: the same sign again says nothing; each source has its own", "[node]") {
    HeartbeatTracker tracker(std::chrono::seconds(10));
    tracker.add("n1", true, at(0));
    tracker.heard("n1", Source::Lease, "a", at(1));
    tracker.heard("n1", Source::Status, "b", at(2));
    tracker.heard("n1", Source::Lease, "a", at(9));
    CHECK(tracker.silent("n1", at(12)));
    tracker.heard("n1", Source::Lease, "c", at(12));
    CHECK_FALSE(tracker.silent("n1", at(13)));
}

TEST_CASE("Heartbeats: a node that never posted has time to start", "[node]") {
    HeartbeatTracker tracker(std::chrono::seconds(10));
    tracker.add("n1", false, at(0));
    CHECK_FALSE(tracker.silent("n1", at(59)));
    CHECK(tracker.silent("n1", at(60)));
    CHECK(tracker.heard("n1", Source::Lease, "a", at(5)));  // its deadline came nearer
    CHECK(tracker.silent("n1", at(15)));
    CHECK_FALSE(tracker.heard("n1", Source::Lease, "b", at(6)));
}

TEST_CASE("Heartbeats: after lost contact nobody is blamed", "[node]") {
    HeartbeatTracker tracker(std::chrono::seconds(10));
    tracker.add("n1", true, at(0));
    tracker.excuse_all(at(30));
    CHECK_FALSE(tracker.silent("n1", at(39)));
    CHECK(tracker.silent("n1", at(40)));
}

TEST_CASE("Heartbeats: each silence is reported once", "[node]") {
    HeartbeatTracker tracker(std::chrono::seconds(10));
    tracker.add("n1", true, at(0));
    tracker.add("n2", true, at(5));
    CHECK(tracker.take_newly_silent(at(10)) == std::vector<std::string>{"n1"});
    CHECK(tracker.take_newly_silent(at(11)).empty());
    CHECK(tracker.next_deadline() == at(15));
    tracker.heard("n1", Source::Lease, "back", at(12));
    CHECK(tracker.take_newly_silent(at(22)) == std::vector<std::string>{"n1", "n2"});
}

TEST_CASE("Taints follow conditions and cordons", "[node]") {
    struct Row {
        const char* name;
        NodeBuilder node;
        std::vector<std::string> taints;
    };
    const auto n1 = a_node("n1");
    const std::vector<Row> rows{
        {"ready", n1.condition("Ready", "True"), {}},
        {"never posted", n1, {}},
        {"not ready",
         n1.condition("Ready", "False"),
         {"node.kubernetes.io/not-ready:NoSchedule", "node.kubernetes.io/not-ready:NoExecute"}},
        {"unknown",
         n1.condition("Ready", "Unknown"),
         {"node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute"}},
        {"memory pressure",
         n1.condition("MemoryPressure", "True"),
         {"node.kubernetes.io/memory-pressure:NoSchedule"}},
        {"disk pressure",
         n1.condition("DiskPressure", "True"),
         {"node.kubernetes.io/disk-pressure:NoSchedule"}},
        {"pid pressure",
         n1.condition("PIDPressure", "True"),
         {"node.kubernetes.io/pid-pressure:NoSchedule"}},
        {"no network",
         n1.condition("NetworkUnavailable", "True"),
         {"node.kubernetes.io/network-unavailable:NoSchedule"}},
        {"pressure unknown", n1.condition("MemoryPressure", "Unknown"), {}},
        {"cordoned", n1.cordoned(), {"node.kubernetes.io/unschedulable:NoSchedule"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        CHECK(texts(wanted_taints(row.node)) == row.taints);
    }
}

TEST_CASE(
    "Taints: ours are swapped, everybody else's stay, and what is right is left alone", "[node]") {
    const auto tainted = a_node("n1")
                             .tainted("gpu", "NoSchedule", "yes")
                             .tainted("node.kubernetes.io/not-ready", "NoSchedule")
                             .tainted("node.kubernetes.io/not-ready", "NoExecute");
    const auto swapped = plan_taints(tainted.condition("Ready", "Unknown"), at(0));
    REQUIRE(swapped);
    CHECK(
        texts(*swapped) == std::vector<std::string>{
                               "gpu=yes:NoSchedule",
                               "node.kubernetes.io/unreachable:NoSchedule",
                               "node.kubernetes.io/unreachable:NoExecute"});
    CHECK(swapped->back().added == at(0));
    CHECK(
        texts(*plan_taints(tainted.condition("Ready", "True"), at(0))) ==
        std::vector<std::string>{"gpu=yes:NoSchedule"});
    CHECK_FALSE(plan_taints(tainted.condition("Ready", "False"), at(0)));
    CHECK_FALSE(plan_taints(a_node("n1").tainted("mine", "NoExecute"), at(0)));
    CHECK_FALSE(
        plan_taints(a_node("n1").tainted("node.kubernetes.io/unschedulable", "NoExecute"), at(0)));
}

TEST_CASE(
    "Silent node: host conditions go Unknown, with a reason by what was known before", "[node]") {
    const auto posted =
        a_node("n1").condition("Ready", "True").condition("NetworkUnavailable", "False");
    const auto patch = plan_silent_conditions(posted, at(30));
    REQUIRE(patch);
    const auto& conditions = (*patch)["status"]["conditions"];
    REQUIRE(conditions.size() == 4);
    CHECK(conditions[0]["type"] == "Ready");
    CHECK(conditions[0]["status"] == "Unknown");
    CHECK(conditions[0]["reason"] == "NodeStatusUnknown");
    CHECK_FALSE(conditions[0].contains("lastHeartbeatTime"));
    CHECK(conditions[1]["reason"] == "NodeStatusNeverUpdated");
    CHECK(conditions[1].contains("lastHeartbeatTime"));

    const auto said_already = a_node("n1")
                                  .condition("Ready", "Unknown")
                                  .condition("MemoryPressure", "Unknown")
                                  .condition("DiskPressure", "Unknown")
                                  .condition("PIDPressure", "Unknown");
    CHECK_FALSE(plan_silent_conditions(said_already, at(31)));
}
