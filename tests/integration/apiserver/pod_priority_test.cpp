#include "running_server.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::testing;

namespace {

const Target kPods{"v1", "pods", "default"};
const Target kClasses{"scheduling.k8s.io/v1", "priorityclasses"};

Json pod_of_class(const std::string& name, const std::string& priority_class) {
    Json pod = {
        {"apiVersion", "v1"},
        {"kind", "Pod"},
        {"metadata", {{"name", name}}},
        {"spec", {{"containers", {{{"name", "main"}, {"image", "busybox"}}}}}}};
    if (!priority_class.empty()) pod["spec"]["priorityClassName"] = priority_class;
    return pod;
}

Json a_class(const std::string& name, int value, Json more = Json::object()) {
    Json object = {
        {"apiVersion", "scheduling.k8s.io/v1"},
        {"kind", "PriorityClass"},
        {"metadata", {{"name", name}}},
        {"value", value}};
    object.update(more);
    return object;
}

}  // namespace

TEST_CASE("Pod priority: from the class, the cluster's default, or 0", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    const auto made = [&](const Json& pod) { return server.ok(admin->create(kPods, pod))["spec"]; };

    const auto plain = made(pod_of_class("plain", ""));
    CHECK(plain["priority"] == 0);
    CHECK(plain["preemptionPolicy"] == "PreemptLowerPriority");
    CHECK_FALSE(plain.contains("priorityClassName"));
    CHECK(made(pod_of_class("critical", "system-node-critical"))["priority"] == 2000001000);

    server.ok(admin->create(kClasses, a_class("high", 1000, {{"preemptionPolicy", "Never"}})));
    const auto high = made(pod_of_class("high", "high"));
    CHECK(high["priority"] == 1000);
    CHECK(high["preemptionPolicy"] == "Never");

    server.ok(admin->create(kClasses, a_class("usual", 50, {{"globalDefault", true}})));
    server.ok(admin->create(kClasses, a_class("low", 10, {{"globalDefault", true}})));
    const auto usual = made(pod_of_class("usual", ""));
    CHECK(usual["priorityClassName"] == "low");
    CHECK(usual["priority"] == 10);
}

TEST_CASE(
    "Pod priority: an unknown class, or another number than its own, is forbidden", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    const auto unknown = server.error(admin->create(kPods, pod_of_class("a", "nobody-knows")));
    CHECK(unknown.reason == Reason::Forbidden);
    CHECK(
        unknown.message ==
        "pods \"a\" is forbidden: no PriorityClass with name nobody-knows was found");

    auto pod = pod_of_class("b", "system-cluster-critical");
    pod["spec"]["priority"] = 5;
    CHECK(server.error(admin->create(kPods, pod)).reason == Reason::Forbidden);
    pod["spec"]["priority"] = 2000000000;
    pod["spec"]["preemptionPolicy"] = "Never";
    CHECK(server.error(admin->create(kPods, pod)).reason == Reason::Forbidden);
    pod["spec"].erase("preemptionPolicy");
    CHECK(server.ok(admin->create(kPods, pod))["spec"]["priority"] == 2000000000);
}

TEST_CASE(
    "Runtime classes: the handler stands in the pod; an unknown class is a name", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    server.ok(admin->create(
        {"node.k8s.io/v1", "runtimeclasses"},
        {{"apiVersion", "node.k8s.io/v1"},
         {"kind", "RuntimeClass"},
         {"metadata", {{"name", "gpu"}}},
         {"handler", "nvidia"}}));
    auto pod = pod_of_class("known", "");
    pod["spec"]["runtimeClassName"] = "gpu";
    const auto known = server.ok(admin->create(kPods, pod))["metadata"];
    CHECK(known["annotations"]["picket.dev/runtime-handler"] == "nvidia");
    pod["metadata"]["name"] = "unknown";
    pod["spec"]["runtimeClassName"] = "runsc";
    CHECK_FALSE(server.ok(admin->create(kPods, pod))["metadata"].contains("annotations"));
}

TEST_CASE("Pod priority: the old mark of critical pods counts in kube-system", "[apiserver]") {
    RunningServer server;
    const auto admin = server.connect();
    auto pod = pod_of_class("old", "");
    pod["metadata"]["annotations"]["scheduler.alpha.kubernetes.io/critical-pod"] = "";
    CHECK(server.ok(admin->create(kPods, pod))["spec"]["priority"] == 0);
    const auto marked = server.ok(admin->create({"v1", "pods", "kube-system"}, pod))["spec"];
    CHECK(marked["priorityClassName"] == "system-node-critical");
    CHECK(marked["priority"] == 2000001000);
}
