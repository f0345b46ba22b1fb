#include "nodeagent/pod/pod_status.hpp"

#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

using builders::a_container;
using builders::a_pod;
using builders::at;

struct StatusScene {
    Pod pod;
    std::vector<ContainerState> containers = {};
    PodMemory memory = {};
    int now = 100;

    [[nodiscard]] Json status(const Json& previous = nullptr) const {
        NodeContext node;
        node.name = "node-1";
        node.ip = "10.0.0.1";
        return build_pod_status(PodSnapshot(pod, containers, memory, at(now)), node, previous);
    }
};

StatusScene a_status_scene(const builders::PodBuilder& builder) {
    return StatusScene{builder.build()};
}

Json condition(const Json& status, const std::string& type) {
    for (const auto& entry : status["conditions"]) {
        if (entry["type"] == type) return entry;
    }
    return nullptr;
}

TEST_CASE("Pod status: nothing made yet is Pending and ContainerCreating", "[nodeagent]") {
    const auto status = a_status_scene(a_pod().container("main")).status();
    CHECK(status["phase"] == "Pending");
    CHECK(status["containerStatuses"][0]["state"]["waiting"]["reason"] == "ContainerCreating");
    CHECK(condition(status, "PodScheduled")["status"] == "True");
    CHECK(condition(status, "Ready")["status"] == "False");
    CHECK(condition(status, "Ready")["message"] == "containers with unready status: [main]");
    CHECK(status["hostIP"] == "10.0.0.1");
    CHECK_FALSE(status.contains("podIP"));
}

TEST_CASE("Pod status: running is ready without a readiness probe", "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    scene.containers = {a_container("main", 2).running(50)};
    scene.containers[0].address = "172.17.0.5";
    const auto status = scene.status();
    CHECK(status["phase"] == "Running");
    CHECK(condition(status, "Ready")["status"] == "True");
    CHECK(status["podIP"] == "172.17.0.5");
    CHECK(status["containerStatuses"][0]["restartCount"] == 2);
    CHECK(status["containerStatuses"][0]["containerID"] == "docker://main-2");
    CHECK(status["containerStatuses"][0]["state"]["running"]["startedAt"] == format_time(at(50)));
}

TEST_CASE("Pod status: a readiness probe starts as failed", "[nodeagent]") {
    auto scene = a_status_scene(
        a_pod().container("main", {{"readinessProbe", {{"tcpSocket", {{"port", 80}}}}}}));
    scene.containers = {a_container("main").running()};
    CHECK(condition(scene.status(), "Ready")["status"] == "False");
    scene.memory.probes["main-0"] = {};
    CHECK(condition(scene.status(), "Ready")["status"] == "True");
}

TEST_CASE("Pod status: with host network the pod has the node's address", "[nodeagent]") {
    CHECK(
        a_status_scene(a_pod().container("main").with("hostNetwork", true)).status()["podIP"] ==
        "10.0.0.1");
}

TEST_CASE("Pod status: how an end is called", "[nodeagent]") {
    struct Row {
        const char* name;
        int exit_code;
        bool oom;
        const char* reason;
        const char* phase;
    };
    const auto row = GENERATE(
        Row{"success", 0, false, "Completed", "Succeeded"},
        Row{"failure", 3, false, "Error", "Failed"},
        Row{"out of memory", 137, true, "OOMKilled", "Failed"},
        Row{"out of memory, whatever the code", 0, true, "OOMKilled", "Succeeded"});
    CAPTURE(row.name);
    auto scene = a_status_scene(a_pod().container("main").with("restartPolicy", "Never"));
    scene.containers = {a_container("main").exited(row.exit_code, 50)};
    scene.containers[0].oom_killed = row.oom;
    const auto status = scene.status();
    CHECK(status["phase"] == row.phase);
    CHECK(status["containerStatuses"][0]["state"]["terminated"]["reason"] == row.reason);
    CHECK(status["containerStatuses"][0]["state"]["terminated"]["exitCode"] == row.exit_code);
}

TEST_CASE(
    "Pod status: waiting for its back-off a container is CrashLoopBackOff, the pod Running",
    "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    scene.containers = {a_container("main", 1).exited(1, 95)};
    scene.memory.restarts["main"] = after_restart({}, at(90));
    const auto status = scene.status();
    CHECK(status["phase"] == "Running");
    const auto& container = status["containerStatuses"][0];
    CHECK(container["state"]["waiting"]["reason"] == "CrashLoopBackOff");
    CHECK(
        container["state"]["waiting"]["message"] ==
        "back-off 10s restarting failed container=main pod=web_default(uid-1)");
    CHECK(container["lastState"]["terminated"]["exitCode"] == 1);
}

TEST_CASE("Pod status: after a restart the last end is kept", "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    scene.containers = {a_container("main", 0).exited(7, 10), a_container("main", 1).running(11)};
    const auto status = scene.status();
    CHECK(status["containerStatuses"][0]["restartCount"] == 1);
    CHECK(status["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] == 7);
}

TEST_CASE("Pod status: a container that vanished is unknown, with its count", "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    scene.memory.lost["main"] = {4, at(90)};
    const auto status = scene.status();
    const auto& container = status["containerStatuses"][0];
    CHECK(container["restartCount"] == 4);
    CHECK(container["lastState"]["terminated"]["reason"] == "ContainerStatusUnknown");
    CHECK(status["phase"] == "Running");
}

TEST_CASE("Pod status: a failed pull, then its back-off, in the registry's words", "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    auto& image = scene.memory.images["main"];
    image.phase = ImageState::Phase::Failed;
    image.failure = {"ErrImagePull", "manifest unknown"};
    auto waiting = scene.status()["containerStatuses"][0]["state"]["waiting"];
    CHECK(waiting["reason"] == "ErrImagePull");
    CHECK(waiting["message"] == "manifest unknown");
    image.backing_off = true;
    waiting = scene.status()["containerStatuses"][0]["state"]["waiting"];
    CHECK(waiting["reason"] == "ImagePullBackOff");
}

TEST_CASE("Pod status: containers wait for init containers", "[nodeagent]") {
    auto scene = a_status_scene(a_pod().init("setup").container("main").with("hostNetwork", true));
    scene.containers = {a_container("setup").running()};
    const auto status = scene.status();
    CHECK(status["phase"] == "Pending");
    CHECK(status["containerStatuses"][0]["state"]["waiting"]["reason"] == "PodInitializing");
    CHECK(condition(status, "Initialized")["status"] == "False");
    CHECK(
        condition(status, "Initialized")["message"] ==
        "containers with incomplete status: [setup]");
}

TEST_CASE("Pod status: a refused pod is Failed with the reason", "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    scene.memory.rejected = StateReason{"OutOfcpu", "no room"};
    const auto status = scene.status();
    CHECK(status["phase"] == "Failed");
    CHECK(status["reason"] == "OutOfcpu");
    CHECK_FALSE(status.contains("containerStatuses"));
}

TEST_CASE(
    "Pod status: times change only when a condition does, and others' conditions stay",
    "[nodeagent]") {
    auto scene = a_status_scene(a_pod().container("main"));
    auto first = scene.status();
    first["conditions"].push_back({{"type", "DisruptionTarget"}, {"status", "True"}});
    scene.now = 200;
    auto second = scene.status(first);
    CHECK(condition(second, "Ready")["lastTransitionTime"] == format_time(at(100)));
    CHECK(condition(second, "DisruptionTarget")["status"] == "True");
    CHECK(second["startTime"] == format_time(at(100)));
    scene.containers = {a_container("main").running()};
    CHECK(condition(scene.status(second), "Ready")["lastTransitionTime"] == format_time(at(200)));
}

TEST_CASE("Pod status: an ended pod stays ended when its containers are gone", "[nodeagent]") {
    const auto scene = a_status_scene(a_pod().container("main").with("restartPolicy", "Never"));
    CHECK(scene.status({{"phase", "Succeeded"}})["phase"] == "Succeeded");
}

}  // namespace
}  // namespace picket::nodeagent
