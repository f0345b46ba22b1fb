#include "nodeagent/pod/pod_plan.hpp"

#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

using builders::a_container;
using builders::a_pod;
using builders::at;

/// A pod whose volumes stand and whose images are there, so that a test sees only what it is about.
struct Scene {
    Pod pod;
    std::vector<ContainerState> containers;
    PodMemory memory;
    int now = 0;

    explicit Scene(const builders::PodBuilder& builder) : pod(builder.build()) {
        memory.volumes_ready = true;
        for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers}) {
            for (const auto& container : *list)
                memory.images[container.name].phase = ImageState::Phase::Ready;
        }
    }
    Scene& has(ContainerState state) {
        containers.push_back(std::move(state));
        return *this;
    }
    [[nodiscard]] PodPlan plan() const {
        return plan_pod(PodSnapshot(pod, containers, memory, at(now)));
    }
    [[nodiscard]] PodPlan end() const {
        return plan_pod_end(
            PodSnapshot(pod, containers, memory, at(now)), std::chrono::seconds{30});
    }
};

std::vector<std::string> started(const PodPlan& plan) {
    std::vector<std::string> names;
    for (const auto& action : plan.start)
        names.push_back(action.container + "#" + std::to_string(action.attempt));
    return names;
}

std::vector<std::string> stopped(const PodPlan& plan) {
    std::vector<std::string> ids;
    for (const auto& action : plan.stop) ids.push_back(action.id);
    return ids;
}

using Names = std::vector<std::string>;

TEST_CASE("Pod plan: a pod of one container starts it without a sandbox", "[nodeagent]") {
    const auto plan = Scene(a_pod().container("main")).plan();
    CHECK_FALSE(plan.create_sandbox);
    CHECK(started(plan) == Names{"main#0"});
}

TEST_CASE("Pod plan: volumes come first", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.memory.volumes_ready = false;
    CHECK(scene.plan().prepare_volumes);
    CHECK(scene.plan().start.empty());
    scene.memory.volume_failure =
        StartFailure{{"FailedMount", "no"}, {std::chrono::seconds{10}, at(10)}};
    CHECK_FALSE(scene.plan().prepare_volumes);
    CHECK(scene.plan().wake_at == at(10));
}

TEST_CASE("Pod plan: images are looked for while the volumes are made", "[nodeagent]") {
    Scene scene(a_pod().container("main").with("hostNetwork", true));
    scene.memory.volumes_ready = false;
    scene.memory.images.clear();
    CHECK(scene.plan().prepare_volumes);
    CHECK(scene.plan().prepare_images == Names{"main"});
    CHECK(scene.plan().start.empty());
}

TEST_CASE(
    "Pod plan: an image that is not there yet is looked for before the start", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.memory.images.clear();
    CHECK(scene.plan().prepare_images == Names{"main"});
    CHECK(scene.plan().start.empty());
    scene.memory.images["main"].phase = ImageState::Phase::Working;
    CHECK(scene.plan().prepare_images.empty());
    scene.memory.images["main"].phase = ImageState::Phase::Failed;
    scene.memory.images["main"].backoff = {std::chrono::seconds{20}, at(20)};
    CHECK(scene.plan().prepare_images.empty());
    CHECK(scene.plan().wake_at == at(20));
    scene.now = 20;
    CHECK(scene.plan().prepare_images == Names{"main"});
}

TEST_CASE(
    "Pod plan: containers of one pod wait for their sandbox and join it together", "[nodeagent]") {
    Scene scene(a_pod().container("a").container("b"));
    CHECK(scene.plan().create_sandbox == 0);
    CHECK(scene.plan().start.empty());
    scene.has(a_container("POD").running());
    CHECK(started(scene.plan()) == Names{"a#0", "b#0"});
}

TEST_CASE("Pod plan: a dead sandbox takes all with it and everything begins again", "[nodeagent]") {
    Scene scene(a_pod().init("setup").container("main"));
    scene.has(a_container("POD").exited(137, 5));
    scene.has(a_container("setup").exited(0, 1).in_sandbox("POD-0"));
    scene.has(a_container("main").running().in_sandbox("POD-0"));
    CHECK(stopped(scene.plan()) == Names{"main-0"});
    CHECK_FALSE(scene.plan().create_sandbox);

    scene.containers[2] = a_container("main").exited(143, 6).in_sandbox("POD-0");
    CHECK(scene.plan().create_sandbox == 1);
    CHECK(scene.plan().remove == Names{"POD-0"});

    scene.containers[0] = a_container("POD", 1).running();
    CHECK(started(scene.plan()) == Names{"setup#1"});
}

TEST_CASE("Pod plan: init containers run one after another", "[nodeagent]") {
    Scene scene(a_pod().init("first").init("second").container("main").with("hostNetwork", true));
    CHECK(started(scene.plan()) == Names{"first#0"});
    scene.has(a_container("first").running());
    CHECK(started(scene.plan()).empty());
    scene.containers[0] = a_container("first").exited(0, 1);
    CHECK(started(scene.plan()) == Names{"second#0"});
    scene.has(a_container("second").exited(0, 2));
    CHECK(started(scene.plan()) == Names{"main#0"});
}

TEST_CASE(
    "Pod plan: a running container proves that its init containers have succeeded", "[nodeagent]") {
    Scene scene(a_pod().init("setup").container("main").with("hostNetwork", true));
    scene.has(a_container("main").running());
    CHECK(started(scene.plan()).empty());
}

TEST_CASE(
    "Pod plan: after a boot of the host init containers run again, without a sandbox, too",
    "[nodeagent]") {
    Scene scene(a_pod().init("mounts").container("main").with("hostNetwork", true));
    scene.has(a_container("mounts").exited(0, 1).made_at_boot("first"));
    scene.has(a_container("main").exited(137, 2).made_at_boot("first"));
    scene.now = 5;
    scene.memory.boot = "first";
    CHECK(started(scene.plan()) == Names{"main#1"});
    scene.memory.boot = "second";
    CHECK(started(scene.plan()) == Names{"mounts#1"});
    scene.has(a_container("mounts", 1).exited(0, 3).made_at_boot("second"));
    CHECK(started(scene.plan()) == Names{"main#1"});
}

TEST_CASE(
    "Pod plan: a dead container that somebody starts beside its successor ends", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.has(a_container("main", 0).running(3));
    scene.has(a_container("main", 1).exited(1, 2));
    scene.now = 5;
    CHECK(stopped(scene.plan()).empty());
    scene.containers[1] = a_container("main", 1).running(1);
    CHECK(stopped(scene.plan()) == Names{"main-0"});
    CHECK(scene.plan().remove.empty());
}

TEST_CASE("Pod plan: a dead container restarts by policy and exit code", "[nodeagent]") {
    struct Row {
        const char* name;
        const char* policy;
        int exit_code;
        bool restarts;
    };
    const auto row = GENERATE(
        Row{"Always after success", "Always", 0, true},
        Row{"Always after failure", "Always", 1, true},
        Row{"OnFailure after success", "OnFailure", 0, false},
        Row{"OnFailure after failure", "OnFailure", 1, true},
        Row{"Never after failure", "Never", 1, false});
    CAPTURE(row.name);
    Scene scene(a_pod().container("main").with("restartPolicy", row.policy));
    scene.has(a_container("main").exited(row.exit_code, 5));
    scene.now = 5;
    CHECK(started(scene.plan()) == (row.restarts ? Names{"main#1"} : Names{}));
}

TEST_CASE(
    "Pod plan: the first restart is at once, the next waits for its back-off", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.has(a_container("main", 1).exited(1, 5));
    scene.memory.restarts["main"] = after_restart({}, at(2));
    scene.now = 6;
    CHECK(started(scene.plan()).empty());
    CHECK(scene.plan().restart_blocked == Names{"main"});
    CHECK(scene.plan().wake_at == at(15));
    scene.now = 15;
    CHECK(started(scene.plan()) == Names{"main#2"});
}

TEST_CASE(
    "Pod plan: a container removed by somebody else is made again with a higher count",
    "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.memory.lost["main"] = {3, at(0)};
    CHECK(started(scene.plan()) == Names{"main#4"});
}

TEST_CASE("Pod plan: restart counts go on from what the API has seen", "[nodeagent]") {
    auto json = a_pod().container("main").json();
    json["status"]["containerStatuses"] =
        Json::array({Json{{"name", "main"}, {"restartCount", 7}, {"containerID", "docker://x"}}});
    Scene scene(a_pod().container("main"));
    scene.pod = parse_pod(json);
    CHECK(started(scene.plan()) == Names{"main#8"});
}

TEST_CASE(
    "Pod plan: a changed image is fetched before the running container is stopped", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.has(a_container("main").running().made_from("image:0"));
    scene.memory.images.clear();
    CHECK(stopped(scene.plan()).empty());
    CHECK(scene.plan().prepare_images == Names{"main"});
    scene.memory.images["main"].phase = ImageState::Phase::Ready;
    CHECK(stopped(scene.plan()) == Names{"main-0"});
}

TEST_CASE("Pod plan: a container with a stop under way is not stopped twice", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.has(a_container("main").running());
    scene.memory.stopping.insert("main-0");
    CHECK(scene.end().stop.empty());
    CHECK(scene.end().remove.empty());
}

TEST_CASE("Pod plan: what was created and never started is made anew", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.has(a_container("main"));
    CHECK(scene.plan().remove == Names{"main-0"});
    CHECK(started(scene.plan()).empty());
}

TEST_CASE("Pod plan: the newest two containers of an entry are kept for logs", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.has(a_container("main", 0).exited(1, 1));
    scene.has(a_container("main", 1).exited(1, 2));
    scene.has(a_container("main", 2).running());
    CHECK(scene.plan().remove == Names{"main-0"});
}

TEST_CASE("Pod plan: a refused pod starts nothing", "[nodeagent]") {
    Scene scene(a_pod().container("main"));
    scene.memory.rejected = StateReason{"OutOfcpu", "no"};
    CHECK(started(scene.plan()).empty());
}

TEST_CASE(
    "Pod plan end: containers together, then sidecars, then the sandbox, then all goes",
    "[nodeagent]") {
    Scene scene(a_pod().init("side", {{"restartPolicy", "Always"}}).container("a").container("b"));
    scene.has(a_container("POD").running());
    for (const auto* name : {"side", "a", "b"})
        scene.has(a_container(name).running().in_sandbox("POD-0"));
    CHECK(stopped(scene.end()) == Names{"a-0", "b-0"});
    scene.containers[2] = a_container("a").exited(0, 1);
    scene.containers[3] = a_container("b").exited(0, 1);
    CHECK(stopped(scene.end()) == Names{"side-0"});
    scene.containers[1] = a_container("side").exited(0, 1);
    CHECK(stopped(scene.end()) == Names{"POD-0"});
    scene.containers[0] = a_container("POD").exited(0, 1);
    CHECK(scene.end().remove.size() == 4);
    CHECK_FALSE(scene.end().gone);
    scene.containers.clear();
    CHECK(scene.end().gone);
}

}  // namespace
}  // namespace picket::nodeagent
