/// What a pod asks of its host: admission, sandbox, resources, security.
#include "nodeagent/pod/admission.hpp"
#include "nodeagent/pod/resources.hpp"
#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/pod/security.hpp"
#include "tests/support/result_text.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

using builders::a_pod;

Json requests(const std::string& cpu, const std::string& memory) {
    return {{"resources", {{"requests", {{"cpu", cpu}, {"memory", memory}}}}}};
}

Json host_port(int port, const std::string& ip = "") {
    return {
        {"ports", Json::array({Json{{"containerPort", 80}, {"hostPort", port}, {"hostIP", ip}}})}};
}

NodeContext a_node() {
    NodeContext node;
    node.allocatable = {
        {"cpu", Quantity::of(2)},
        {"memory", Quantity::of_bytes(1LL << 30)},
        {"pods", Quantity::of(3)}};
    return node;
}

std::string refusal(
    const builders::PodBuilder& pod, const std::vector<builders::PodBuilder>& others) {
    std::vector<Pod> parsed;
    for (const auto& other : others) parsed.push_back(other.build());
    std::vector<const Pod*> pointers;
    for (const auto& other : parsed) pointers.push_back(&other);
    const auto refused = refuse_pod(pod.build(), pointers, a_node());
    return refused ? refused->reason : "";
}

TEST_CASE("Admission: why a node refuses a pod", "[nodeagent]") {
    const auto one_cpu = a_pod().container("main", requests("1", "100Mi"));
    CHECK(refusal(one_cpu, {one_cpu}).empty());
    CHECK(refusal(one_cpu, {one_cpu, one_cpu}) == "OutOfcpu");
    CHECK(refusal(a_pod().container("main", requests("0", "2Gi")), {}) == "OutOfmemory");
    CHECK(refusal(a_pod().container("main"), {a_pod(), a_pod(), a_pod()}) == "OutOfpods");
    // Where a pod belongs is decided by whoever bound it, who knows the node's labels of this
    // moment.
    CHECK(
        refusal(a_pod().container("main").with("os", {{"name", "windows"}}), {}) ==
        "PodOSNotSupported");
}

TEST_CASE("Admission: a host port is taken once per address", "[nodeagent]") {
    const auto any = a_pod().container("main", host_port(8080));
    const auto local = a_pod().container("main", host_port(8080, "127.0.0.1"));
    const auto other = a_pod().container("main", host_port(8080, "10.0.0.1"));
    CHECK(refusal(any, {any}) == "NodePorts");
    CHECK(refusal(local, {any}) == "NodePorts");
    CHECK(refusal(local, {other}).empty());
    CHECK(refusal(a_pod().container("main", host_port(8081)), {any}).empty());
}

TEST_CASE("Sandbox: who needs one", "[nodeagent]") {
    struct Row {
        const char* name;
        builders::PodBuilder pod;
        bool needed;
    };
    const Json address = {
        {"env",
         Json::array({Json{
             {"name", "IP"}, {"valueFrom", {{"fieldRef", {{"fieldPath", "status.podIP"}}}}}}})}};
    const auto row = GENERATE_COPY(
        Row{"one container", a_pod().container("a"), false},
        Row{"one with a host port", a_pod().container("a", host_port(80)), false},
        Row{"two containers", a_pod().container("a").container("b"), true},
        Row{"two with host network",
            a_pod().container("a").container("b").with("hostNetwork", true),
            true},
        Row{"one with host network", a_pod().container("a").with("hostNetwork", true), false},
        Row{"init container", a_pod().init("i").container("a"), true},
        Row{"init container, host network",
            a_pod().init("i").container("a").with("hostNetwork", true),
            false},
        Row{"reads its address", a_pod().container("a", address), true},
        Row{"reads the host's address",
            a_pod().container("a", address).with("hostNetwork", true),
            false},
        Row{"shared processes", a_pod().container("a").with("shareProcessNamespace", true), true});
    CAPTURE(row.name);
    CHECK(needs_sandbox(row.pod.build()) == row.needed);
}

TEST_CASE(
    "Sandbox: a joined container sends nothing that belongs to the network's owner",
    "[nodeagent]") {
    const auto pod =
        a_pod()
            .container("a", host_port(80))
            .container("b")
            .with("hostAliases", Json::array({Json{{"ip", "1.2.3.4"}, {"hostnames", {"x"}}}}))
            .build();
    const auto owner = own_namespaces(pod, {});
    CHECK(owner.ports.size() == 1);
    CHECK(owner.extra_hosts == std::vector<std::string>{"x:1.2.3.4"});
    CHECK(owner.hostname == "web");
    CHECK(owner.ipc == "shareable");
    const auto joined = joined_namespaces(pod, "box");
    CHECK(joined.network == "container:box");
    CHECK(joined.ipc == "container:box");
    CHECK(joined.ports.empty());
    CHECK(joined.extra_hosts.empty());
    CHECK(joined.hostname.empty());
}

TEST_CASE("Resources: QoS class", "[nodeagent]") {
    const Json limits = {{"resources", {{"limits", {{"cpu", "1"}, {"memory", "1Gi"}}}}}};
    const Json more = {
        {"resources",
         {{"limits", {{"cpu", "1"}, {"memory", "1Gi"}}},
          {"requests", {{"cpu", "500m"}, {"memory", "1Gi"}}}}}};
    CHECK(qos_class(a_pod().container("a").build()) == QosClass::BestEffort);
    CHECK(qos_class(a_pod().container("a", limits).build()) == QosClass::Guaranteed);
    CHECK(qos_class(a_pod().container("a", limits).container("b").build()) == QosClass::Burstable);
    CHECK(qos_class(a_pod().container("a", more).build()) == QosClass::Burstable);
}

TEST_CASE("Resources: weights, limits and OOM score in the engine's units", "[nodeagent]") {
    constexpr std::int64_t kNodeMemory = 4LL << 30;
    const auto resources = [&](const Json& fields) {
        const auto pod = a_pod().container("a", fields).build();
        return engine_resources(pod, pod.spec.containers[0], kNodeMemory);
    };
    CHECK(resources(Json::object()).cpu_shares == 2);
    CHECK(resources(Json::object()).oom_score_adj == 1000);
    const auto burstable = resources(requests("250m", "1Gi"));
    CHECK(burstable.cpu_shares == 256);
    CHECK(burstable.oom_score_adj == 750);
    const auto limited =
        resources({{"resources", {{"limits", {{"cpu", "5m"}, {"memory", "64Mi"}}}}}});
    CHECK(limited.cpu_quota == 1000);
    CHECK(limited.memory_bytes == 64LL << 20);
    CHECK(limited.oom_score_adj == -997);
}

TEST_CASE(
    "Resources: a pod asks for its containers together or for its largest init container",
    "[nodeagent]") {
    const auto cpu = [](const builders::PodBuilder& pod) {
        return pod_request(pod.build(), "cpu").milli_value();
    };
    const auto half = requests("500m", "0");
    CHECK(cpu(a_pod().container("a", half).container("b", half)) == 1000);
    CHECK(cpu(a_pod().init("i", requests("2", "0")).container("a", half)) == 2000);
    auto sidecar = half;
    sidecar["restartPolicy"] = "Always";
    CHECK(
        cpu(a_pod().init("s", sidecar).init("i", requests("1", "0")).container("a", half)) == 1500);
}

TEST_CASE("Security: users, groups and capabilities", "[nodeagent]") {
    const auto pod =
        a_pod()
            .container(
                "a",
                {{"securityContext",
                  {{"runAsUser", 7},
                   {"capabilities", {{"add", {"CAP_NET_ADMIN", "sys_time"}}, {"drop", {"all"}}}},
                   {"allowPrivilegeEscalation", false}}}})
            .with("securityContext", {{"runAsUser", 1}, {"runAsGroup", 2}, {"fsGroup", 3}})
            .build();
    const auto security = engine_security(pod, pod.spec.containers[0], {}, {});
    REQUIRE(security);
    CHECK(security->user == "7:2");
    CHECK(security->groups == std::vector<std::string>{"3"});
    CHECK(security->add_capabilities == std::vector<std::string>{"NET_ADMIN", "SYS_TIME"});
    CHECK(security->drop_capabilities == std::vector<std::string>{"ALL"});
    CHECK(security->options == std::vector<std::string>{"no-new-privileges"});
}

TEST_CASE(
    "Security: runAsNonRoot looks at the image when nothing else says the user", "[nodeagent]") {
    struct Row {
        const char* image_user;
        bool allowed;
    };
    const auto row = GENERATE(
        Row{"", false},
        Row{"0", false},
        Row{"root", false},
        Row{"app", false},
        Row{"1000:5", true});
    CAPTURE(row.image_user);
    const auto pod =
        a_pod().container("a", {{"securityContext", {{"runAsNonRoot", true}}}}).build();
    ImageInfo image;
    image.user = row.image_user;
    CHECK(engine_security(pod, pod.spec.containers[0], image, {}).has_value() == row.allowed);
}

}  // namespace
}  // namespace picket::nodeagent
