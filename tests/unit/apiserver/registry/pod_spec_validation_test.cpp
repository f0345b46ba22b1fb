#include "fixtures.hpp"

#include <catch2/catch.hpp>

namespace picket::registry {
namespace {

using namespace test;
using Causes = std::vector<std::string>;

struct SpecRow {
    std::string rule;
    std::string spec;  ///< merged into spec
    Causes expected;   ///< paths below spec
};

/// The same spec in a pod and in a template: the same causes below either prefix.
Causes below(const std::string& prefix, const Causes& expected) {
    Causes full;
    for (const auto& cause : expected) {
        const auto blank = cause.find(' ');
        full.push_back(cause.substr(0, blank + 1) + prefix + cause.substr(blank + 1));
    }
    return full;
}

void check_rows(const SpecRow& row) {
    CAPTURE(row.rule);
    const auto pod = patched(pod_manifest(), R"({"spec":)" + row.spec + "}");
    CHECK(causes(create(pod).errors) == below("spec.", row.expected));
    const auto set =
        patched(daemonset_manifest(), R"({"spec":{"template":{"spec":)" + row.spec + "}}}");
    CHECK(causes(create(set).errors) == below("spec.template.spec.", row.expected));
}

std::string one_container(const std::string& members) {
    return R"({"containers":[{"name":"a","image":"a:1",)" + members + "}]}";
}

TEST_CASE("pod spec: containers", "[pod-spec]") {
    check_rows(GENERATE(values<SpecRow>({
        {"valid", "{}", {}},
        {"none", R"({"containers":[]})", {"FieldValueRequired containers"}},
        {"no name", R"({"containers":[{"image":"a"}]})", {"FieldValueRequired containers[0].name"}},
        {"no image",
         R"({"containers":[{"name":"a"}]})",
         {"FieldValueRequired containers[0].image"}},
        {"blank image",
         R"({"containers":[{"name":"a","image":" "}]})",
         {"FieldValueRequired containers[0].image"}},
        {"bad name",
         R"({"containers":[{"name":"A.b","image":"a"}]})",
         {"FieldValueInvalid containers[0].name"}},
        {"repeated name",
         R"({"containers":[{"name":"a","image":"a"},{"name":"a","image":"b"}]})",
         {"FieldValueDuplicate containers[1].name"}},
        {"name of an init container",
         R"({"containers":[{"name":"a","image":"a"}],"initContainers":[{"name":"a","image":"b"}]})",
         {"FieldValueDuplicate initContainers[0].name"}},
        {"pull policy",
         R"({"containers":[{"name":"a","image":"a","imagePullPolicy":"Sometimes"}]})",
         {"FieldValueNotSupported containers[0].imagePullPolicy"}},
        {"restartPolicy of a plain container",
         R"({"containers":[{"name":"a","image":"a","restartPolicy":"Always"}]})",
         {"FieldValueForbidden containers[0].restartPolicy"}},
        {"probe of an init container",
         R"({"initContainers":[{"name":"i","image":"i","livenessProbe":{"exec":{"command":["x"]}}}]})",
         {"FieldValueForbidden initContainers[0].livenessProbe"}},
        {"probe of a sidecar",
         R"({"initContainers":[{"name":"i","image":"i","restartPolicy":"Always",
                               "livenessProbe":{"exec":{"command":["x"]}}}]})",
         {}},
        {"privileged without escalation",
         R"({"containers":[{"name":"a","image":"a",
                            "securityContext":{"privileged":true,"allowPrivilegeEscalation":false}}]})",
         {"FieldValueInvalid containers[0].securityContext.allowPrivilegeEscalation"}},
    })));
}

TEST_CASE("pod spec: an image with blanks around it is refused in pods alone", "[pod-spec]") {
    const std::string spec = R"({"containers":[{"name":"a","image":" a:1"}]})";
    CHECK(
        causes(create(patched(pod_manifest(), R"({"spec":)" + spec + "}")).errors) ==
        Causes{"FieldValueInvalid spec.containers[0].image"});
    CHECK(create(patched(daemonset_manifest(), R"({"spec":{"template":{"spec":)" + spec + "}}}"))
              .errors.empty());
}

TEST_CASE("pod spec: ports", "[pod-spec]") {
    const auto ports = [](const std::string& list) { return one_container(R"("ports":)" + list); };
    check_rows(GENERATE_COPY(values<SpecRow>({
        {"valid", ports(R"([{"name":"http","containerPort":80,"hostPort":8080}])"), {}},
        {"no port",
         ports(R"([{"name":"http"}])"),
         {"FieldValueRequired containers[0].ports[0].containerPort"}},
        {"too high",
         ports(R"([{"containerPort":65536}])"),
         {"FieldValueInvalid containers[0].ports[0].containerPort"}},
        {"host port too high",
         ports(R"([{"containerPort":1,"hostPort":65536}])"),
         {"FieldValueInvalid containers[0].ports[0].hostPort"}},
        {"host port 0", ports(R"([{"containerPort":1,"hostPort":0}])"), {}},
        {"protocol",
         ports(R"([{"containerPort":1,"protocol":"ICMP"}])"),
         {"FieldValueNotSupported containers[0].ports[0].protocol"}},
        {"name without a letter",
         ports(R"([{"name":"80","containerPort":80}])"),
         {"FieldValueInvalid containers[0].ports[0].name"}},
        {"name too long",
         ports(R"([{"name":"abcdefghijklmnop","containerPort":80}])"),
         {"FieldValueInvalid containers[0].ports[0].name"}},
        {"repeated name",
         ports(R"([{"name":"p","containerPort":80},{"name":"p","containerPort":81}])"),
         {"FieldValueDuplicate containers[0].ports[1].name"}},
        {"host port twice",
         ports(R"([{"containerPort":80,"hostPort":80},{"containerPort":81,"hostPort":80}])"),
         {"FieldValueDuplicate containers[0].ports[1].hostPort"}},
        {"host port twice, different protocol",
         ports(
             R"([{"containerPort":80,"hostPort":80},{"containerPort":80,"hostPort":80,"protocol":"UDP"}])"),
         {}},
        {"host port twice between containers",
         R"({"containers":[{"name":"a","image":"a","ports":[{"containerPort":1,"hostPort":9}]},
                           {"name":"b","image":"b","ports":[{"containerPort":2,"hostPort":9}]}]})",
         {"FieldValueDuplicate containers[1].ports[0].hostPort"}},
        {"host network, other host port",
         R"({"hostNetwork":true,
             "containers":[{"name":"a","image":"a","ports":[{"containerPort":1,"hostPort":9}]}]})",
         {"FieldValueInvalid containers[0].ports[0].containerPort"}},
        {"host network without host port",
         R"({"hostNetwork":true,"containers":[{"name":"a","image":"a","ports":[{"containerPort":1}]}]})",
         {}},
    })));
}

TEST_CASE("pod spec: environment", "[pod-spec]") {
    const auto env = [](const std::string& list) { return one_container(R"("env":)" + list); };
    check_rows(GENERATE_COPY(values<SpecRow>({
        {"value", env(R"([{"name":"A","value":"1"}])"), {}},
        {"field",
         env(R"([{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}])"),
         {}},
        {"label",
         env(R"([{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.labels['a']"}}}])"),
         {}},
        {"no name", env(R"([{"value":"1"}])"), {"FieldValueRequired containers[0].env[0].name"}},
        {"name with =",
         env(R"([{"name":"A=B"}])"),
         {"FieldValueInvalid containers[0].env[0].name"}},
        {"value and source",
         env(R"([{"name":"A","value":"1","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"}}}])"),
         {"FieldValueInvalid containers[0].env[0].valueFrom"}},
        {"a file's variable",
         env(R"([{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"a/b","key":"K"}}}])"),
         {}},
        {"a file outside of its volume",
         env(R"([{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v","path":"a/../../b","key":"K"}}}])"),
         {"FieldValueInvalid containers[0].env[0].valueFrom.fileKeyRef.path"}},
        {"half a file's variable",
         env(R"([{"name":"A","valueFrom":{"fileKeyRef":{"volumeName":"v"}}}])"),
         {"FieldValueRequired containers[0].env[0].valueFrom.fileKeyRef.key",
          "FieldValueRequired containers[0].env[0].valueFrom.fileKeyRef.path"}},
        {"no source",
         env(R"([{"name":"A","valueFrom":{}}])"),
         {"FieldValueInvalid containers[0].env[0].valueFrom"}},
        {"two sources",
         env(R"([{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"metadata.name"},
                                          "secretKeyRef":{"name":"s","key":"k"}}}])"),
         {"FieldValueInvalid containers[0].env[0].valueFrom"}},
        {"unknown field",
         env(R"([{"name":"A","valueFrom":{"fieldRef":{"fieldPath":"spec.hostname"}}}])"),
         {"FieldValueNotSupported containers[0].env[0].valueFrom.fieldRef.fieldPath"}},
        {"unknown resource",
         env(R"([{"name":"A","valueFrom":{"resourceFieldRef":{"resource":"limits.gpu"}}}])"),
         {"FieldValueNotSupported containers[0].env[0].valueFrom.resourceFieldRef.resource"}},
        {"envFrom without source",
         one_container(R"("envFrom":[{"prefix":"A"}])"),
         {"FieldValueInvalid containers[0].envFrom[0]"}},
    })));
}

TEST_CASE("pod spec: resources", "[pod-spec]") {
    const auto resources = [](const std::string& object) {
        return one_container(R"("resources":)" + object);
    };
    check_rows(GENERATE_COPY(values<SpecRow>({
        {"request within limit",
         resources(R"({"limits":{"cpu":"1"},"requests":{"cpu":"500m"}})"),
         {}},
        {"equal in another form",
         resources(R"({"limits":{"memory":"1Gi"},"requests":{"memory":"1024Mi"}})"),
         {}},
        {"request above limit",
         resources(R"({"limits":{"cpu":"1"},"requests":{"cpu":"1500m"}})"),
         {"FieldValueInvalid containers[0].resources.requests"}},
        {"negative",
         resources(R"({"requests":{"cpu":"-1"}})"),
         {"FieldValueInvalid containers[0].resources.requests[cpu]"}},
        {"unknown resource",
         resources(R"({"requests":{"gpu":"1"}})"),
         {"FieldValueInvalid containers[0].resources.requests[gpu]"}},
    })));
}

TEST_CASE("pod spec: probes and hooks", "[pod-spec]") {
    check_rows(GENERATE(values<SpecRow>({
        {"exec", one_container(R"("livenessProbe":{"exec":{"command":["x"]}})"), {}},
        {"named port", one_container(R"("readinessProbe":{"httpGet":{"port":"http"}})"), {}},
        {"no handler",
         one_container(R"("livenessProbe":{"periodSeconds":3})"),
         {"FieldValueRequired containers[0].livenessProbe"}},
        {"two handlers",
         one_container(R"("livenessProbe":{"exec":{"command":["x"]},"httpGet":{"port":80}})"),
         {"FieldValueForbidden containers[0].livenessProbe.httpGet"}},
        {"no command",
         one_container(R"("livenessProbe":{"exec":{"command":[]}})"),
         {"FieldValueRequired containers[0].livenessProbe.exec.command"}},
        {"port out of range",
         one_container(R"("livenessProbe":{"tcpSocket":{"port":70000}})"),
         {"FieldValueInvalid containers[0].livenessProbe.tcpSocket.port"}},
        {"negative number",
         one_container(R"("readinessProbe":{"tcpSocket":{"port":1},"initialDelaySeconds":-1})"),
         {"FieldValueInvalid containers[0].readinessProbe.initialDelaySeconds"}},
        {"liveness successThreshold",
         one_container(R"("livenessProbe":{"tcpSocket":{"port":1},"successThreshold":2})"),
         {"FieldValueInvalid containers[0].livenessProbe.successThreshold"}},
        {"startup successThreshold",
         one_container(R"("startupProbe":{"tcpSocket":{"port":1},"successThreshold":2})"),
         {"FieldValueInvalid containers[0].startupProbe.successThreshold"}},
        {"readiness successThreshold",
         one_container(R"("readinessProbe":{"tcpSocket":{"port":1},"successThreshold":2})"),
         {}},
        {"scheme",
         one_container(R"("livenessProbe":{"httpGet":{"port":1,"scheme":"FTP"}})"),
         {"FieldValueNotSupported containers[0].livenessProbe.httpGet.scheme"}},
        {"hook without handler",
         one_container(R"("lifecycle":{"preStop":{}})"),
         {"FieldValueRequired containers[0].lifecycle.preStop"}},
    })));
}

TEST_CASE("pod spec: volumes and mounts", "[pod-spec]") {
    const auto mounted = [](const std::string& mounts) {
        return R"({"volumes":[{"name":"v","emptyDir":{}}],"containers":[{"name":"a","image":"a","volumeMounts":)" +
               mounts + "}]}";
    };
    check_rows(GENERATE_COPY(values<SpecRow>({
        {"valid", mounted(R"([{"name":"v","mountPath":"/v","subPath":"a/b"}])"), {}},
        {"no source is emptyDir", R"({"volumes":[{"name":"v"}]})", {}},
        {"no name", R"({"volumes":[{"emptyDir":{}}]})", {"FieldValueRequired volumes[0].name"}},
        {"bad name", R"({"volumes":[{"name":"V"}]})", {"FieldValueInvalid volumes[0].name"}},
        {"repeated name",
         R"({"volumes":[{"name":"v"},{"name":"v"}]})",
         {"FieldValueDuplicate volumes[1].name"}},
        {"two sources",
         R"({"volumes":[{"name":"v","emptyDir":{},"hostPath":{"path":"/x"}}]})",
         {"FieldValueForbidden volumes[0].hostPath"}},
        {"hostPath with ..",
         R"({"volumes":[{"name":"v","hostPath":{"path":"/x/../y"}}]})",
         {"FieldValueInvalid volumes[0].hostPath.path"}},
        {"hostPath type",
         R"({"volumes":[{"name":"v","hostPath":{"path":"/x","type":"Pipe"}}]})",
         {"FieldValueNotSupported volumes[0].hostPath.type"}},
        {"mode",
         R"({"volumes":[{"name":"v","secret":{"secretName":"s","defaultMode":512}}]})",
         {"FieldValueInvalid volumes[0].secret.defaultMode"}},
        {"item outside",
         R"({"volumes":[{"name":"v","configMap":{"name":"c","items":[{"key":"k","path":"../k"}]}}]})",
         {"FieldValueInvalid volumes[0].configMap.items[0].path"}},
        {"unknown volume",
         mounted(R"([{"name":"w","mountPath":"/v"}])"),
         {"FieldValueNotFound containers[0].volumeMounts[0].name"}},
        {"no path",
         mounted(R"([{"name":"v"}])"),
         {"FieldValueRequired containers[0].volumeMounts[0].mountPath"}},
        {"repeated path",
         mounted(R"([{"name":"v","mountPath":"/v"},{"name":"v","mountPath":"/v"}])"),
         {"FieldValueInvalid containers[0].volumeMounts[1].mountPath"}},
        {"absolute subPath",
         mounted(R"([{"name":"v","mountPath":"/v","subPath":"/a"}])"),
         {"FieldValueInvalid containers[0].volumeMounts[0].subPath"}},
        {"climbing subPath",
         mounted(R"([{"name":"v","mountPath":"/v","subPath":"a/.."}])"),
         {"FieldValueInvalid containers[0].volumeMounts[0].subPath"}},
        {"propagation without privilege",
         mounted(R"([{"name":"v","mountPath":"/v","mountPropagation":"Bidirectional"}])"),
         {"FieldValueForbidden containers[0].volumeMounts[0].mountPropagation"}},
    })));
}

TEST_CASE("pod spec: names, numbers and placement", "[pod-spec]") {
    const auto required = [](const std::string& terms) {
        return R"({"affinity":{"nodeAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":{"nodeSelectorTerms":)" +
               terms + "}}}}";
    };
    const auto tolerations = [](const std::string& list) {
        return R"({"tolerations":)" + list + "}";
    };
    const std::string terms =
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms";
    const std::string preferred =
        "affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution";
    check_rows(GENERATE_COPY(values<SpecRow>({
        {"node selector key",
         R"({"nodeSelector":{"a b":"x"}})",
         {"FieldValueInvalid nodeSelector"}},
        {"node selector value",
         R"({"nodeSelector":{"a":"x y"}})",
         {"FieldValueInvalid nodeSelector"}},
        {"nodeName", R"({"nodeName":"n_1"})", {"FieldValueInvalid nodeName"}},
        {"hostname", R"({"hostname":"a.b"})", {"FieldValueInvalid hostname"}},
        {"subdomain", R"({"subdomain":"A"})", {"FieldValueInvalid subdomain"}},
        {"grace",
         R"({"terminationGracePeriodSeconds":-1})",
         {"FieldValueInvalid terminationGracePeriodSeconds"}},
        {"dnsPolicy", R"({"dnsPolicy":"Mine"})", {"FieldValueNotSupported dnsPolicy"}},
        {"dnsPolicy None", R"({"dnsPolicy":"None"})", {"FieldValueRequired dnsConfig.nameservers"}},
        {"host alias",
         R"({"hostAliases":[{"ip":"1.2.3"}]})",
         {"FieldValueInvalid hostAliases[0].ip"}},
        {"no term", required("[]"), {"FieldValueRequired " + terms}},
        {"an empty term is legal and matches nothing", required("[{}]"), {}},
        {"In without values",
         required(R"([{"matchExpressions":[{"key":"a","operator":"In"}]}])"),
         {"FieldValueRequired " + terms + "[0].matchExpressions[0].values"}},
        {"Exists with values",
         required(R"([{"matchExpressions":[{"key":"a","operator":"Exists","values":["b"]}]}])"),
         {"FieldValueForbidden " + terms + "[0].matchExpressions[0].values"}},
        {"Lt without value",
         required(R"([{"matchExpressions":[{"key":"a","operator":"Lt"}]}])"),
         {"FieldValueRequired " + terms + "[0].matchExpressions[0].values"}},
        {"unknown operator",
         required(R"([{"matchExpressions":[{"key":"a","operator":"Near"}]}])"),
         {"FieldValueInvalid " + terms + "[0].matchExpressions[0].operator"}},
        {"matchFields by name",
         required(R"([{"matchFields":[{"key":"metadata.name","operator":"In","values":["n1"]}]}])"),
         {}},
        {"matchFields of something else",
         required(R"([{"matchFields":[{"key":"spec.x","operator":"In","values":["n1"]}]}])"),
         {"FieldValueInvalid " + terms + "[0].matchFields[0].key"}},
        {"matchFields with two names",
         required(
             R"([{"matchFields":[{"key":"metadata.name","operator":"In","values":["a","b"]}]}])"),
         {"FieldValueRequired " + terms + "[0].matchFields[0].values"}},
        {"weight",
         R"({"affinity":{"nodeAffinity":{"preferredDuringSchedulingIgnoredDuringExecution":[
              {"weight":101,"preference":{}}]}}})",
         {"FieldValueInvalid " + preferred + "[0].weight"}},
        {"toleration of all", tolerations(R"([{"operator":"Exists"}])"), {}},
        {"empty key with Equal",
         tolerations(R"([{"operator":"Equal","value":"x"}])"),
         {"FieldValueInvalid tolerations[0].operator"}},
        {"Exists with value",
         tolerations(R"([{"key":"a","operator":"Exists","value":"x"}])"),
         {"FieldValueInvalid tolerations[0].operator"}},
        {"seconds without NoExecute",
         tolerations(
             R"([{"key":"a","operator":"Exists","effect":"NoSchedule","tolerationSeconds":3}])"),
         {"FieldValueInvalid tolerations[0].effect"}},
        {"effect",
         tolerations(R"([{"key":"a","operator":"Exists","effect":"Never"}])"),
         {"FieldValueNotSupported tolerations[0].effect"}},
        {"operator",
         tolerations(R"([{"key":"a","operator":"Like"}])"),
         {"FieldValueNotSupported tolerations[0].operator"}},
    })));
}

}  // namespace
}  // namespace picket::registry
