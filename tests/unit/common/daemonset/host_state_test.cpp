#include "common/daemonset/host_state.hpp"

#include "tests/unit/common/daemonset/plan_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::daemonset;
using namespace picket::testing;

namespace {

std::vector<HostReport> reports_of(const Fleet& fleet) {
    const auto situations = fleet.situations();
    return report_hosts({fleet.set, fleet.revision, situations, fleet.now});
}

/// The report on the one node of a fleet.
HostReport report_of(const DaemonSet& set, const NodeBuilder& node, const PodBuilder* pod) {
    Fleet fleet(set);
    fleet.at_time(1000).with(node);
    if (pod != nullptr) fleet.with(*pod);
    return reports_of(fleet).front();
}

const StatusCondition& condition(const DaemonSetStatus& status, const std::string& type) {
    const auto found =
        std::find_if(status.conditions.begin(), status.conditions.end(), [&](const auto& each) {
            return each.type == type;
        });
    REQUIRE(found != status.conditions.end());
    return *found;
}

}  // namespace

TEST_CASE("Host state: what the pod of a node tells", "[daemonset][host-state]") {
    const auto pod = a_pod("p").on("n").hash("new");
    const auto old_pod = pod.hash("old");
    struct Row {
        const char* name;
        PodBuilder pod;
        HostState state;
    };
    const std::vector<Row> rows{
        {"ready for long enough", pod.ready(900), HostState::Running},
        {"ready for too short a time", pod.ready(995), HostState::BecomingAvailable},
        {"taken up, never ready", pod.starting(900), HostState::Starting},
        {"not taken up yet", pod, HostState::Starting},
        {"was ready", pod.broken(900), HostState::NotReady},
        {"no image", pod.starting().waiting("ImagePullBackOff"), HostState::WaitingForImage},
        {"crashes", pod.starting().waiting("CrashLoopBackOff"), HostState::CrashLooping},
        {"no ConfigMap",
         pod.starting().waiting("CreateContainerConfigError"),
         HostState::CannotStart},
        {"container on its way", pod.starting().waiting("ContainerCreating"), HostState::Starting},
        {"no CPU", pod.failed("OutOfcpu"), HostState::RefusedCpu},
        {"no memory", pod.failed("OutOfmemory"), HostState::RefusedMemory},
        {"port taken", pod.failed("NodePorts"), HostState::RefusedPort},
        {"too many pods", pod.failed("OutOfpods"), HostState::Refused},
        {"failed otherwise", pod.failed("Evicted"), HostState::Failed},
        {"ended well", pod.phase("Succeeded"), HostState::Finished},
        {"deleted by somebody", pod.ready().terminating(), HostState::Stopping},
        {"old and stopping", old_pod.ready().terminating(), HostState::BeingUpdated},
        {"old and broken", old_pod.broken(900), HostState::BeingUpdated},
        {"old and works", old_pod.ready(), HostState::WaitingForTurn},
        {"old, its successor's image on the way",
         old_pod.image("daemon:0").ready().prefetch("new", 990),
         HostState::WaitingForImage},
    };
    const auto set = a_daemonset("logs").min_ready(10);
    for (const auto& row : rows) {
        CAPTURE(row.name);
        const auto report = report_of(set, a_node("n"), &row.pod);
        CHECK(host_state_name(report.state) == host_state_name(row.state));
    }
    const auto works = old_pod.ready();
    CHECK(report_of(set.on_delete(), a_node("n"), &works).state == HostState::KeptUntilDeleted);
}

TEST_CASE("Host state: what the node tells", "[daemonset][host-state]") {
    const auto pod = a_pod("p").on("n").hash("new").ready();
    const auto set = a_daemonset("logs");
    const auto ssd = set.node_selector("disk", "ssd");
    const auto tainted = a_node("n").tainted("gpu", "NoSchedule");
    CHECK(report_of(set, a_node("n"), nullptr).state == HostState::Absent);
    CHECK(report_of(set, tainted, nullptr).state == HostState::UntoleratedTaint);
    CHECK(report_of(set, tainted, &pod).state == HostState::Misscheduled);
    CHECK(report_of(ssd, a_node("n"), nullptr).state == HostState::NodeSelectorMismatch);
    CHECK(report_of(ssd, a_node("n"), nullptr).evidence == "the node lacks the label disk=ssd");
    CHECK(report_of(ssd, a_node("n"), &pod).state == HostState::Leaving);
    CHECK(report_of(set.node_name("m"), a_node("n"), nullptr).state == HostState::NodeNameMismatch);
    const auto silent = report_of(set, a_node("n").silent(700), &pod);
    CHECK(silent.state == HostState::NodeSilent);
    CHECK(silent.since == at(700));
    CHECK(silent.counts.number_ready == 0);
    // A node that would have no daemon anyway is not missed.
    CHECK(
        report_of(ssd, a_node("n").silent(700), nullptr).state == HostState::NodeSelectorMismatch);
}

TEST_CASE("Host state: since when", "[daemonset][host-state]") {
    const auto pod = a_pod("p").on("n").hash("new").created(100);
    const auto old_pod = pod.hash("old");
    const auto since_600 = [](Json& json) {
        json["spec"]["taints"] = Json::array(
            {Json{{"key", "gpu"}, {"effect", "NoSchedule"}, {"timeAdded", format_time(at(600))}}});
    };
    struct Row {
        const char* name;
        NodeBuilder node;
        std::vector<PodBuilder> pods;
        HostState state;
        std::optional<TimePoint> since;
    };
    const auto node = a_node("n");
    const std::vector<Row> rows{
        {"became ready", node, {pod.ready(900)}, HostState::Running, at(900)},
        {"was made", node, {pod.starting(300)}, HostState::Starting, at(100)},
        {"broke", node, {pod.broken(950)}, HostState::NotReady, at(950)},
        {"was refused before it began",
         node,
         {pod.failed("OutOfcpu")},
         HostState::RefusedCpu,
         at(100)},
        {"there is a newer template",
         node,
         {old_pod.ready(200)},
         HostState::WaitingForTurn,
         at(700)},
        {"came after the newer template",
         node,
         {old_pod.created(800).ready(850)},
         HostState::WaitingForTurn,
         at(800)},
        {"the next one was made",
         node,
         {old_pod.ready(200), a_pod("q").on("n").hash("new").created(970).starting(970)},
         HostState::BeingUpdated,
         at(970)},
        {"the taint came", node.with(since_600), {}, HostState::UntoleratedTaint, at(600)},
        {"the taint came, with a pod",
         node.with(since_600),
         {pod.ready(200)},
         HostState::Misscheduled,
         at(600)},
        {"the node fell silent",
         node.silent(400),
         {pod.ready(200)},
         HostState::NodeSilent,
         at(400)},
        {"nothing says it", node, {}, HostState::Absent, std::nullopt},
    };
    for (const auto& row : rows) {
        CAPTURE(row.name);
        Fleet fleet(a_daemonset("logs"));
        fleet.at_time(1000).with(row.node);
        fleet.revision.since = at(700);
        for (const auto& each : row.pods) fleet.with(each);
        const auto report = reports_of(fleet).front();
        CHECK(host_state_name(report.state) == host_state_name(row.state));
        CHECK(report.since == row.since);
    }
}

TEST_CASE("Conditions: sum up what the hosts say", "[daemonset][status]") {
    Fleet fleet(a_daemonset("logs").rolling(1));
    fleet.at_time(1000);
    fleet.with(a_node("a")).with(a_node("b")).with(a_node("c"));
    fleet.with(a_pod("a").on("a").hash("new").ready());
    fleet.with(a_pod("b").on("b").hash("new").ready());
    fleet.with(a_pod("c").on("c").hash("new").starting().waiting("CrashLoopBackOff"));
    auto status = fleet.status().status;
    CHECK(condition(status, "Available").status == "True");
    CHECK(condition(status, "Progressing").reason == "Starting");
    CHECK(condition(status, "Degraded").status == "True");
    CHECK(condition(status, "Degraded").message == "PodsInTrouble: c");

    SECTION("a transition time changes with the status alone") {
        fleet.set.status = status;
        fleet.at_time(2000).with(a_node("b").silent(1900));
        const auto later = fleet.status().status;
        CHECK(condition(later, "Available").status == "False");
        CHECK(condition(later, "Available").transition == at(2000));
        CHECK(condition(later, "Degraded").transition == at(1000));
        CHECK(condition(later, "Degraded").message == "NodesSilent: b; PodsInTrouble: c");
    }
    SECTION("what others wrote is kept") {
        fleet.set.status.conditions = {{.type = "Approved", .status = "True"}};
        CHECK(condition(fleet.status().status, "Approved").status == "True");
    }
    SECTION("nothing left to do") {
        fleet.pods["c"] = {a_pod("c").on("c").hash("new").of(fleet.set).ready().ptr()};
        status = fleet.status().status;
        CHECK(condition(status, "Progressing").reason == "Complete");
        CHECK(condition(status, "Degraded").status == "False");
    }
}

TEST_CASE("Conditions: a daemon that works nowhere is not available", "[daemonset][status]") {
    Fleet fleet(a_daemonset("logs").rolling(1));
    CHECK(condition(fleet.status().status, "Available").status == "True");
    fleet.with(a_node("a")).with(a_pod("a").on("a").hash("new").starting());
    CHECK(condition(fleet.status().status, "Available").status == "False");
}
