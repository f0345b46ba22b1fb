/// Decisions about a pod's DNS, kernel settings, profiles and old annotations, as tables.
#include "nodeagent/pod/dns.hpp"
#include "nodeagent/pod/pod_annotations.hpp"
#include "nodeagent/pod/referenced_objects.hpp"
#include "nodeagent/pod/security.hpp"
#include "nodeagent/pod/security_profile.hpp"
#include "nodeagent/pod/sysctls.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::nodeagent {
namespace {

Pod pod_from(const char* text) {
    return parse_pod(Json::parse(text));
}

TEST_CASE("DNS: the policy chooses the servers, dnsConfig adds to them", "[pod]") {
    NodeContext node;
    node.dns_servers = {"192.0.2.53"};
    node.dns_searches = {"example.org"};
    node.dns_options = {"ndots:1"};
    struct Row {
        const char* name;
        const char* spec;
        bool cluster;
        std::vector<std::string> servers;
        std::vector<std::string> options;
    };
    const auto row = GENERATE(values<Row>({
        {"nothing said, no cluster", R"({})", false, {}, {}},
        {"first the cluster", R"({})", true, {"10.0.0.10"}, {"ndots:5"}},
        {"host network means the host",
         R"({"hostNetwork":true,"dnsPolicy":"ClusterFirst"})",
         true,
         {},
         {}},
        {"unless asked for",
         R"({"hostNetwork":true,"dnsPolicy":"ClusterFirstWithHostNet"})",
         true,
         {"10.0.0.10"},
         {"ndots:5"}},
        {"Default", R"({"dnsPolicy":"Default"})", true, {}, {}},
        {"an option replaces its namesake",
         R"({"dnsPolicy":"Default","dnsConfig":{"options":[{"name":"ndots","value":"2"}]}})",
         true,
         {"192.0.2.53"},
         {"ndots:2"}},
        {"None",
         R"({"dnsPolicy":"None","dnsConfig":{"nameservers":["10.1.1.1"]}})",
         true,
         {"10.1.1.1"},
         {}},
    }));
    CAPTURE(row.name);
    if (row.cluster) node.cluster_dns = {"10.0.0.10"};
    Pod pod =
        parse_pod(Json{{"metadata", {{"namespace", "logs"}}}, {"spec", Json::parse(row.spec)}});
    const auto dns = dns_settings(pod, node);
    CHECK(dns.servers == row.servers);
    CHECK(dns.options == row.options);
    if (row.servers == std::vector<std::string>{"10.0.0.10"})
        CHECK(dns.searches.front() == "logs.svc.cluster.local");
}

TEST_CASE("Sysctls: only what stays inside the pod, and what the node allows", "[pod]") {
    struct Row {
        const char* spec;
        bool allowed;
    };
    const auto row = GENERATE(
        Row{R"({"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_syncookies","value":"1"}]}})",
            true},
        Row{R"({"securityContext":{"sysctls":[{"name":"net/ipv4/tcp_syncookies","value":"1"}]}})",
            true},
        Row{R"({"securityContext":{"sysctls":[{"name":"net.core.somaxconn","value":"1"}]}})",
            false},
        Row{R"({"securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]}})", true},
        Row{R"({"hostIPC":true,"securityContext":{"sysctls":[{"name":"kernel.msgmax","value":"1"}]}})",
            false},
        Row{R"({"hostNetwork":true,"securityContext":{"sysctls":[{"name":"net.ipv4.tcp_syncookies","value":"1"}]}})",
            false});
    CAPTURE(row.spec);
    const auto pod = parse_pod(Json{{"spec", Json::parse(row.spec)}});
    CHECK(refuse_sysctls(pod, {"kernel.msg*"}).has_value() != row.allowed);
}

TEST_CASE("Old annotations: profiles and init containers, where no field says it", "[pod]") {
    const auto pod = pod_from(R"({
        "metadata": {"annotations": {
            "seccomp.security.alpha.kubernetes.io/pod": "docker/default",
            "container.seccomp.security.alpha.kubernetes.io/main": "localhost/own.json",
            "container.apparmor.security.beta.kubernetes.io/main": "unconfined",
            "pod.beta.kubernetes.io/init-containers": "[{\"name\":\"prepare\",\"image\":\"busybox:1\"}]"}},
        "spec": {"containers": [
            {"name": "main", "image": "busybox:1"},
            {"name": "other", "image": "busybox:1",
             "securityContext": {"seccompProfile": {"type": "Unconfined"}}}]}})");
    REQUIRE(pod.spec.init_containers.size() == 1);
    CHECK(pod.spec.init_containers[0].name == "prepare");
    const auto main = seccomp_of(pod, pod.spec.containers[0]);
    CHECK((main && main->type == "Localhost" && main->localhost_profile == "own.json"));
    CHECK(seccomp_of(pod, pod.spec.containers[1])->type == "Unconfined");
    CHECK(seccomp_of(pod, pod.spec.init_containers[0])->type == "RuntimeDefault");
    CHECK(app_armor_of(pod, pod.spec.containers[0])->type == "Unconfined");
    CHECK_FALSE(app_armor_of(pod, pod.spec.containers[1]));
}

TEST_CASE("Security options: profiles and labels in the engine's words", "[pod]") {
    const auto pod = pod_from(R"({"spec": {"containers": [{"name": "main", "image": "busybox:1",
        "securityContext": {
            "allowPrivilegeEscalation": false,
            "seccompProfile": {"type": "Localhost", "localhostProfile": "own.json"},
            "appArmorProfile": {"type": "Localhost", "localhostProfile": "own"},
            "seLinuxOptions": {"type": "spc_t", "level": "s0"}}}]}})");
    const auto security = engine_security(pod, pod.spec.containers[0], {}, "{}");
    REQUIRE(security);
    CHECK(
        security->options == std::vector<std::string>{
                                 "no-new-privileges",
                                 "seccomp={}",
                                 "apparmor=own",
                                 "label=type:spc_t",
                                 "label=level:s0"});
}

TEST_CASE("Followed objects: those shown as files, and those that are missing", "[pod]") {
    const auto pod = pod_from(R"({"spec": {
        "containers": [{"name": "main", "image": "busybox:1", "envFrom": [
            {"configMapRef": {"name": "there"}}, {"secretRef": {"name": "missing"}}],
            "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "keyless", "key": "a"}}}]}],
        "volumes": [{"name": "v", "configMap": {"name": "files"}}]}})");
    ReferencedObjects objects;
    objects.config_maps["there"] = {};
    objects.config_maps["files"] = {};
    objects.secrets["keyless"] = {};
    const auto names = followed_names(pod, objects);
    CHECK(names.config_maps == std::set<std::string>{"files"});
    CHECK(names.secrets == std::set<std::string>{"keyless", "missing"});
}

TEST_CASE("Probe commands: plain variables are put in, others stay", "[pod]") {
    const auto pod = pod_from(R"json({"spec": {"containers": [{"name": "main", "image": "busybox:1",
        "env": [{"name": "A", "value": "x"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}],
        "livenessProbe": {"exec": {"command": ["test", "$(A)", "$(B)"]}}}]}})json");
    CHECK(
        pod.spec.containers[0].liveness->handler.command ==
        std::vector<std::string>{"test", "x", "$(B)"});
}

}  // namespace
}  // namespace picket::nodeagent
