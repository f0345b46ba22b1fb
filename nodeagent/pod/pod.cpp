#include "nodeagent/pod/pod.hpp"

#include "common/api/json_read.hpp"
#include "nodeagent/pod/pod_annotations.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

PodSecurityContext parse_pod_security(const Json& object) {
    PodSecurityContext security;
    security.run_as_user = json_read::optional_integer(object, "runAsUser");
    security.run_as_group = json_read::optional_integer(object, "runAsGroup");
    security.run_as_non_root = json_read::optional_boolean(object, "runAsNonRoot");
    security.fs_group = json_read::optional_integer(object, "fsGroup");
    for (const auto& group : json_read::member(object, "supplementalGroups")) {
        if (group.is_number_integer())
            security.supplemental_groups.push_back(group.get<std::int64_t>());
    }
    security.seccomp =
        json_read::optional_object<SecurityProfile>(object, "seccompProfile", parse_profile);
    security.app_armor =
        json_read::optional_object<SecurityProfile>(object, "appArmorProfile", parse_profile);
    security.selinux =
        json_read::optional_object<SeLinuxOptions>(object, "seLinuxOptions", parse_selinux);
    for (const auto& sysctl : json_read::member(object, "sysctls")) {
        security.sysctls.emplace_back(
            json_read::text(sysctl, "name"), json_read::text(sysctl, "value"));
    }
    return security;
}

DnsConfig parse_dns_config(const Json& object) {
    DnsConfig config{
        json_read::strings(object, "nameservers"), json_read::strings(object, "searches"), {}};
    for (const auto& option : json_read::member(object, "options")) {
        const auto value = json_read::text(option, "value");
        const auto name = json_read::text(option, "name");
        config.options.push_back(value.empty() ? name : name + ":" + value);
    }
    return config;
}

HostAlias parse_host_alias(const Json& alias) {
    return {json_read::text(alias, "ip"), json_read::strings(alias, "hostnames")};
}

RestartPolicy parse_restart_policy(const std::string& text) {
    if (text == "Never") return RestartPolicy::Never;
    return text == "OnFailure" ? RestartPolicy::OnFailure : RestartPolicy::Always;
}

void parse_namespaces(PodSpec& spec, const Json& object) {
    spec.host_network = json_read::boolean(object, "hostNetwork");
    spec.host_pid = json_read::boolean(object, "hostPID");
    spec.host_ipc = json_read::boolean(object, "hostIPC");
    spec.share_process_namespace = json_read::boolean(object, "shareProcessNamespace");
    spec.hostname = json_read::text(object, "hostname");
    spec.subdomain = json_read::text(object, "subdomain");
    spec.hostname_is_full = json_read::boolean(object, "setHostnameAsFQDN");
    spec.dns_policy = json_read::text(object, "dnsPolicy");
    spec.dns_config = parse_dns_config(json_read::member(object, "dnsConfig"));
    spec.host_aliases = json_read::list<HostAlias>(object, "hostAliases", parse_host_alias);
}

PodSpec parse_spec(const Json& object) {
    PodSpec spec;
    spec.node_name = json_read::text(object, "nodeName");
    spec.init_containers =
        json_read::list<Container>(object, "initContainers", parse_container_spec);
    spec.containers = json_read::list<Container>(object, "containers", parse_container_spec);
    spec.volumes = json_read::list<Volume>(object, "volumes", parse_volume);
    spec.restart_policy = parse_restart_policy(json_read::text(object, "restartPolicy"));
    spec.termination_grace_seconds =
        json_read::integer(object, "terminationGracePeriodSeconds", 30);
    spec.security = parse_pod_security(json_read::member(object, "securityContext"));
    spec.service_account = json_read::text(object, "serviceAccountName");
    spec.priority_class = json_read::text(object, "priorityClassName");
    spec.priority = json_read::optional_integer(object, "priority");
    spec.active_deadline_seconds = json_read::optional_integer(object, "activeDeadlineSeconds");
    spec.runtime_class = json_read::text(object, "runtimeClassName");
    spec.operating_system = json_read::text(json_read::member(object, "os"), "name");
    for (const auto& secret : json_read::member(object, "imagePullSecrets")) {
        spec.image_pull_secrets.push_back(json_read::text(secret, "name"));
    }
    spec.node_selector = json_read::string_map(object, "nodeSelector");
    parse_namespaces(spec, object);
    return spec;
}

}  // namespace

const Container* Pod::find_container(std::string_view container) const {
    for (const auto* list : {&spec.containers, &spec.init_containers}) {
        const auto found = std::find_if(
            list->begin(), list->end(), [&](const Container& c) { return c.name == container; });
        if (found != list->end()) return &*found;
    }
    return nullptr;
}

Pod parse_pod(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    Pod pod;
    pod.uid = json_read::text(metadata, "uid");
    pod.namespace_name = json_read::text(metadata, "namespace");
    pod.name = json_read::text(metadata, "name");
    pod.labels = json_read::string_map(metadata, "labels");
    pod.annotations = json_read::string_map(metadata, "annotations");
    for (const auto& owner : json_read::member(metadata, "ownerReferences")) {
        if (json_read::boolean(owner, "controller"))
            pod.controller = json_read::text(owner, "name");
    }
    pod.resource_version = json_read::text(metadata, "resourceVersion");
    pod.deletion_time = parse_time(json_read::text(metadata, "deletionTimestamp"));
    pod.spec = parse_spec(json_read::member(object, "spec"));
    pod.deletion_grace_seconds = json_read::integer(
        metadata, "deletionGracePeriodSeconds", pod.spec.termination_grace_seconds);
    apply_annotations(pod);
    pod.status = std::make_shared<const Json>(json_read::member(object, "status"));
    return pod;
}

}  // namespace picket::nodeagent
