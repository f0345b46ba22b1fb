/// From a manifest as people write it to what the engine is told: the server's rules and defaults,
/// then the agent's decisions, without either process. Each row is a combination of fields that
/// published daemons have.
#include "apiserver/registry/strategy.hpp"
#include "common/schema/schema.hpp"
#include "common/yaml/yaml.hpp"
#include "nodeagent/pod/container_spec_builder.hpp"
#include "nodeagent/pod/pod_volumes.hpp"
#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/runtime/docker_container_json.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/algorithm/string/replace.hpp>
#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

const char* const kTemplate = R"(
apiVersion: VERSION
kind: DaemonSet
metadata: {name: agent, namespace: tools}
spec:
  template:
    metadata: {labels: {app: agent}ANNOTATIONS}
    spec:
)";

struct ManifestRow {
    const char* name;
    const char* container;
    const char* spec;      ///< of the pod, as YAML; ROOTDIR is a folder of this host
    const char* expected;  ///< part of what the engine is told; null: it is not told
    const char* annotations = "";
    const char* version = "apps/v1";
};

std::string indented(const std::string& text) {
    return boost::algorithm::replace_all_copy(text, "\n", "\n      ");
}

/// The set as the server stores it.
Json admit(Json manifest) {
    const auto version = manifest.at("apiVersion").get<std::string>();
    const auto& strategy = registry::strategy_for(*find_resource_by_kind(version, "DaemonSet"));
    const registry::RequestContext context{version, "tester", TimePoint{}};
    REQUIRE(strategy.decode(manifest, context));
    const auto* type = schema::find_kind("apps/v1", "DaemonSet");
    const auto written = schema::check(*type, manifest);
    CHECK(written.unknown_fields.empty());
    CHECK(written.type_errors.empty());
    schema::apply_defaults(*type, manifest);
    strategy.default_object(manifest, context);
    auto errors = schema::check(*type, manifest).errors;
    for (auto& error : strategy.validate(manifest, context)) errors.push_back(std::move(error));
    for (const auto& error : errors) FAIL_CHECK(error.field << ": " << error.message);
    return manifest;
}

nodeagent::Pod pod_of(const Json& set) {
    Json pod = set["spec"]["template"];
    pod["metadata"].update({{"name", "agent-x"}, {"namespace", "tools"}, {"uid", "uid-1"}}, true);
    pod["spec"]["nodeName"] = "host-1";
    return parse_pod(pod);
}

/// What the engine would be told of one container of the pod.
Json engine_body(const nodeagent::Pod& pod, const std::string& name, PodVolumes& volumes) {
    NodeContext node{.name = "host-1", .ip = "10.0.0.1"};
    node.memory_bytes = std::int64_t{8} << 30;
    node.allocatable = {{"cpu", Quantity::of(4)}};
    ReferencedObjects objects;
    objects.config_maps["config"] = {{"one", "1"}, {"two", "2"}};
    REQUIRE(volumes.prepare(pod, node, objects, TimePoint{}));
    const auto& container = *pod.find_container(name);
    const auto environment = build_environment(pod, container, node, "10.0.0.1", objects);
    REQUIRE(environment.has_value());
    const auto mounts = volumes.mounts_of(pod, container, environment->variables);
    REQUIRE(mounts.has_value());
    ContainerInputs inputs;
    inputs.sandbox_id = needs_sandbox(pod) ? "sandbox" : "";
    inputs.environment = environment->variables;
    inputs.mounts = *mounts;
    const auto spec = build_container_spec(pod, container, node, std::move(inputs));
    REQUIRE(spec.has_value());
    return to_create_body(*spec);
}

void check_row(const ManifestRow& row) {
    CAPTURE(row.name);
    const picket::testing::TemporaryDirectory root;
    const auto fill = [&](std::string text) {
        boost::algorithm::replace_all(text, "ROOTDIR", root.path().string());
        return text;
    };
    auto head = boost::algorithm::replace_all_copy(std::string(kTemplate), "VERSION", row.version);
    boost::algorithm::replace_all(head, "ANNOTATIONS", row.annotations);
    const auto documents = parse_yaml(head + indented("      " + fill(row.spec)));
    REQUIRE(documents.has_value());
    const auto pod = pod_of(admit(documents->front().value));
    PodVolumes volumes(root.path() / "volumes");
    const auto body = engine_body(pod, row.container, volumes);
    const auto expected = Json::parse(fill(row.expected));
    CHECK(schema::merge_patch(body, expected) == body);
}

TEST_CASE("Manifests: what the engine is told, on the host's network", "[manifests]") {
    check_row(GENERATE(values<ManifestRow>({
        {"a network plugin: capabilities without privileges, a lock file",
         "main",
         R"row(hostNetwork: true
priorityClassName: system-node-critical
tolerations:
- effect: NoSchedule
  operator: Exists
initContainers:
- name: install
  image: plugin:1
  command: [cp]
  args: [-f, /plugin, /opt/cni/bin/plugin]
  volumeMounts: [{name: bin, mountPath: /opt/cni/bin}]
containers:
- name: main
  image: plugin:1
  command: [/opt/bin/plugind]
  args: [--ip-masq, "--iface=$(HOST_IP)"]
  env: [{name: HOST_IP, valueFrom: {fieldRef: {apiVersion: v1, fieldPath: status.hostIP}}}, {name: DEPTH, value: "5000"}]
  resources: {requests: {cpu: 100m, memory: 50Mi}}
  securityContext: {privileged: false, capabilities: {add: [NET_ADMIN, NET_RAW]}}
  volumeMounts: [{name: lock, mountPath: /run/xtables.lock}, {name: run, mountPath: /run/plugin}]
volumes:
- {name: bin, hostPath: {path: ROOTDIR/bin, type: DirectoryOrCreate}}
- {name: run, hostPath: {path: ROOTDIR/run}}
- {name: lock, hostPath: {path: ROOTDIR/lock, type: FileOrCreate}})row",
         R"row({"Entrypoint":["/opt/bin/plugind"],"Cmd":["--ip-masq","--iface=10.0.0.1"],"Env":["HOST_IP=10.0.0.1","DEPTH=5000"],
            "HostConfig":{"NetworkMode":"host","Privileged":null,"CapAdd":["NET_ADMIN","NET_RAW"],"CapDrop":null,"CpuShares":102,"Memory":null,
            "Binds":["ROOTDIR/lock:/run/xtables.lock","ROOTDIR/run:/run/plugin"]}})row"},
        {"a storage driver: mounts both ways, an explicit escalation",
         "main",
         R"row(hostNetwork: true
hostPID: true
containers:
- name: main
  image: driver:1
  args: ["--nodeid=$(NODE_ID)", "--endpoint=$(ENDPOINT)", "--v=5"]
  env:
  - {name: NODE_ID, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
  - {name: ENDPOINT, value: "unix:///csi/csi.sock"}
  securityContext: {privileged: true, capabilities: {add: [SYS_ADMIN]}, allowPrivilegeEscalation: true}
  volumeMounts:
  - {name: pods, mountPath: /var/lib/kubelet/pods, mountPropagation: Bidirectional}
  - {name: device, mountPath: /dev}
  - {name: modules, mountPath: /lib/modules, readOnly: true}
volumes:
- {name: pods, hostPath: {path: ROOTDIR/pods, type: DirectoryOrCreate}}
- {name: device, hostPath: {path: /dev}}
- {name: modules, hostPath: {path: /lib/modules}})row",
         R"row({"Entrypoint":null,"Cmd":["--nodeid=host-1","--endpoint=unix:///csi/csi.sock","--v=5"],
            "HostConfig":{"Privileged":true,"PidMode":"host","CgroupnsMode":"host","CapAdd":["SYS_ADMIN"],"SecurityOpt":null,
            "Binds":["ROOTDIR/pods:/var/lib/kubelet/pods:rshared","/dev:/dev","/lib/modules:/lib/modules:ro"]}})row"},
        {"an exporter: nobody's user for the pod, nothing allowed, the host's root",
         "main",
         R"row(hostNetwork: true
hostPID: true
securityContext: {runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534}
containers:
- name: main
  image: exporter:1
  args: ["--web.listen-address=[$(IP)]:9100", --path.rootfs=/host/root]
  env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]
  ports: [{name: https, containerPort: 9100, hostPort: 9100}]
  resources: {limits: {cpu: 250m, memory: 180Mi}, requests: {cpu: 102m, memory: 180Mi}}
  securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {add: [SYS_TIME], drop: [ALL]}}
  volumeMounts: [{name: root, mountPath: /host/root, readOnly: true, mountPropagation: None}]
volumes: [{name: root, hostPath: {path: /}}])row",
         R"row({"User":"65534:65534","Cmd":["--web.listen-address=[10.0.0.1]:9100","--path.rootfs=/host/root"],"ExposedPorts":null,
            "HostConfig":{"PortBindings":null,"ReadonlyRootfs":true,"CapDrop":["ALL"],"CapAdd":["SYS_TIME"],"SecurityOpt":["no-new-privileges"],
            "CpuQuota":25000,"CpuPeriod":100000,"CpuShares":104,"Memory":188743680,"MemorySwap":188743680,"Binds":["/:/host/root:ro"]}})row"},
        {"a kernel watcher: no profiles, a type for SELinux, by annotation and by field",
         "main",
         R"row(hostNetwork: true
hostIPC: true
dnsPolicy: ClusterFirstWithHostNet
containers:
- name: main
  image: watcher:1
  command: [watcher, "$(UNKNOWN)", "$$(IP)"]
  securityContext:
    seccompProfile: {type: Unconfined}
    seLinuxOptions: {level: s0, type: spc_t}
    capabilities: {add: [CHOWN, SYS_MODULE, IPC_LOCK], drop: [all]})row",
         R"row({"Entrypoint":["watcher","$(UNKNOWN)","$(IP)"],"Cmd":null,
            "HostConfig":{"IpcMode":"host","CapDrop":["ALL"],"CapAdd":["CHOWN","SYS_MODULE","IPC_LOCK"],
            "SecurityOpt":["seccomp=unconfined","apparmor=unconfined","label=type:spc_t","label=level:s0"]}})row",
         ", annotations: {container.apparmor.security.beta.kubernetes.io/main: unconfined}"},
        {"an old log shipper: fields with nothing in them, amounts of the host",
         "main",
         R"row(hostNetwork: true
serviceAccount: shipper
tolerations:
securityContext: {}
containers:
- name: main
  image: shipper:1
  env:
  - {name: PROCESSORS, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: "0"}}}
  - {name: EMPTY}
  resources: {limits: {memory: 200Mi}, requests: {cpu: 0.15}}
  securityContext:
  volumeMounts: [{name: containers, mountPath: /var/lib/docker/containers, readOnly: true}, {name: scratch, mountPath: scratch}]
volumes:
- {name: containers, hostPath: {path: /var/lib/docker/containers}}
- name: scratch
terminationGracePeriodSeconds: 30)row",
         R"row({"Env":["PROCESSORS=4","EMPTY="],"User":null,
            "HostConfig":{"CpuShares":153,"Memory":209715200,"SecurityOpt":null,
            "Binds":["/var/lib/docker/containers:/var/lib/docker/containers:ro","ROOTDIR/volumes/uid-1/scratch:/scratch"]}})row",
         "",
         "extensions/v1beta1"},
    })));
}

TEST_CASE("Manifests: what the engine is told, on a network of the pod's own", "[manifests]") {
    check_row(GENERATE(values<ManifestRow>({
        {"one ConfigMap inside of another, the root read-only",
         "main",
         R"row(containers:
- name: main
  image: speaker:1
  securityContext: {readOnlyRootFilesystem: true}
  volumeMounts:
  - {name: all, mountPath: /etc/speaker, readOnly: true}
  - {name: one, mountPath: /etc/speaker/members, readOnly: true}
volumes:
- {name: all, configMap: {name: config, defaultMode: 256}}
- {name: one, configMap: {name: config, items: [{key: one, path: list}]}})row",
         R"row({"HostConfig":{"ReadonlyRootfs":true,"Binds":["ROOTDIR/volumes/uid-1/all:/etc/speaker:ro","ROOTDIR/volumes/uid-1/one:/etc/speaker/members:ro"]}})row"},
        {"a name server: the same port by two protocols, on an address of the host",
         "main",
         R"row(dnsPolicy: Default
containers:
- name: main
  image: names:1
  ports:
  - {name: dns, containerPort: 53, hostPort: 53, protocol: UDP, hostIP: 169.254.20.10}
  - {name: dns-tcp, containerPort: 53, hostPort: 53, protocol: TCP, hostIP: 169.254.20.10}
  livenessProbe: {httpGet: {host: 169.254.20.10, path: /health, port: 8080}, initialDelaySeconds: 60, timeoutSeconds: 5})row",
         R"row({"ExposedPorts":{"53/udp":{},"53/tcp":{}},
            "HostConfig":{"PortBindings":{"53/udp":[{"HostIp":"169.254.20.10","HostPort":"53"}],"53/tcp":[{"HostIp":"169.254.20.10","HostPort":"53"}]}}})row"},
        {"a sidecar that goes on, an identity from the pod, a path by a variable",
         "side",
         R"row(shareProcessNamespace: true
securityContext: {fsGroup: 2000, supplementalGroups: [3000]}
initContainers:
- name: side
  image: side:1
  restartPolicy: Always
  env:
  - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
  - {name: APP, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
  - {name: ONE, valueFrom: {configMapKeyRef: {name: config, key: one}}}
  - {name: NONE, valueFrom: {secretKeyRef: {name: nobody, key: k, optional: true}}}
  envFrom: [{prefix: C_, configMapRef: {name: config}}]
  lifecycle: {preStop: {exec: {command: [/bin/stop]}}}
  volumeMounts: [{name: data, mountPath: /data, subPathExpr: "of/$(POD)"}]
containers: [{name: main, image: "main:1"}]
volumes: [{name: data, emptyDir: {}}])row",
         R"row({"Env":["C_one=1","C_two=2","POD=agent-x","APP=agent","ONE=1"],
            "HostConfig":{"NetworkMode":"container:sandbox","PidMode":"container:sandbox","IpcMode":"container:sandbox","GroupAdd":["3000","2000"],
            "Binds":["ROOTDIR/volumes/uid-1/data/of/agent-x:/data"]}})row"},
    })));
}

}  // namespace
}  // namespace picket::nodeagent
