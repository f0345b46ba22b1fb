#include "nodeagent/pod/container.hpp"

#include "common/api/json_read.hpp"
#include "nodeagent/pod/environment.hpp"

namespace picket::nodeagent {
namespace {

std::string number_or_name(const Json& object, std::string_view key) {
    const auto& value = json_read::member(object, key);
    if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
    return json_read::text(object, key);
}

KeySelector parse_key_selector(const Json& selector) {
    return {
        .object = json_read::text(selector, "name"),
        .key = json_read::text(selector, "key"),
        .optional = json_read::boolean(selector, "optional")};
}

void parse_value_from(EnvVar& variable, const Json& from) {
    if (const auto& field = json_read::member(from, "fieldRef"); field.is_object()) {
        variable.source = EnvVar::Source::Field;
        variable.field_path = json_read::text(field, "fieldPath");
    } else if (const auto& resource = json_read::member(from, "resourceFieldRef");
               resource.is_object()) {
        variable.source = EnvVar::Source::Resource;
        variable.field_path = json_read::text(resource, "resource");
        variable.container = json_read::text(resource, "containerName");
        const auto divisor = Quantity::from_json(json_read::member(resource, "divisor"));
        if (divisor && !divisor->is_zero()) variable.divisor = *divisor;
    } else if (const auto& config = json_read::member(from, "configMapKeyRef");
               config.is_object()) {
        variable.source = EnvVar::Source::ConfigMap;
        variable.reference = parse_key_selector(config);
    } else if (const auto& secret = json_read::member(from, "secretKeyRef"); secret.is_object()) {
        variable.source = EnvVar::Source::Secret;
        variable.reference = parse_key_selector(secret);
    } else if (const auto& file = json_read::member(from, "fileKeyRef"); file.is_object()) {
        variable.source = EnvVar::Source::File;
        variable.reference = parse_key_selector(file);
        variable.reference.object = json_read::text(file, "volumeName");
        variable.file = json_read::text(file, "path");
    }
}

EnvVar parse_env(const Json& env) {
    EnvVar variable;
    variable.name = json_read::text(env, "name");
    variable.value = json_read::text(env, "value");
    parse_value_from(variable, json_read::member(env, "valueFrom"));
    return variable;
}

EnvFrom parse_env_from(const Json& from) {
    const bool secret = json_read::has(from, "secretRef");
    const auto& reference = json_read::member(from, secret ? "secretRef" : "configMapRef");
    return {
        .prefix = json_read::text(from, "prefix"),
        .secret = secret,
        .object = json_read::text(reference, "name"),
        .optional = json_read::boolean(reference, "optional")};
}

ContainerPort parse_port(const Json& port) {
    const auto protocol = json_read::text(port, "protocol");
    return {
        .name = json_read::text(port, "name"),
        .container_port = static_cast<std::uint16_t>(json_read::integer(port, "containerPort")),
        .host_port = static_cast<std::uint16_t>(json_read::integer(port, "hostPort")),
        .host_ip = json_read::text(port, "hostIP"),
        .protocol = protocol.empty() ? "TCP" : protocol};
}

VolumeMount parse_mount(const Json& mount) {
    return {
        .volume = json_read::text(mount, "name"),
        .mount_path = json_read::text(mount, "mountPath"),
        .sub_path = json_read::text(mount, "subPath"),
        .sub_path_expression = json_read::text(mount, "subPathExpr"),
        .propagation = json_read::text(mount, "mountPropagation"),
        .read_only = json_read::boolean(mount, "readOnly"),
        .recursively = json_read::text(mount, "recursiveReadOnly") == "Enabled"};
}

ContainerSecurityContext parse_container_security(const Json& security) {
    const auto& capabilities = json_read::member(security, "capabilities");
    return {
        .privileged = json_read::boolean(security, "privileged"),
        .run_as_user = json_read::optional_integer(security, "runAsUser"),
        .run_as_group = json_read::optional_integer(security, "runAsGroup"),
        .run_as_non_root = json_read::optional_boolean(security, "runAsNonRoot"),
        .allow_privilege_escalation =
            json_read::optional_boolean(security, "allowPrivilegeEscalation"),
        .read_only_root = json_read::boolean(security, "readOnlyRootFilesystem"),
        .unmasked_proc = json_read::text(security, "procMount") == "Unmasked",
        .add_capabilities = json_read::strings(capabilities, "add"),
        .drop_capabilities = json_read::strings(capabilities, "drop"),
        .seccomp =
            json_read::optional_object<SecurityProfile>(security, "seccompProfile", parse_profile),
        .app_armor =
            json_read::optional_object<SecurityProfile>(security, "appArmorProfile", parse_profile),
        .selinux =
            json_read::optional_object<SeLinuxOptions>(security, "seLinuxOptions", parse_selinux)};
}

ResourceList parse_resources(const Json& resources, std::string_view key) {
    ResourceList list;
    const auto& amounts = json_read::member(resources, key);
    if (!amounts.is_object()) return list;
    for (const auto& [name, amount] : amounts.items()) {
        if (const auto quantity = Quantity::from_json(amount)) list.emplace(name, *quantity);
    }
    return list;
}

HttpGet parse_http_get(const Json& get) {
    HttpGet http{
        .host = json_read::text(get, "host"),
        .path = json_read::text(get, "path"),
        .scheme = json_read::text(get, "scheme"),
        .port = number_or_name(get, "port"),
        .headers = {}};
    for (const auto& header : json_read::member(get, "httpHeaders")) {
        http.headers.emplace_back(
            json_read::text(header, "name"), json_read::text(header, "value"));
    }
    return http;
}

Handler parse_handler(const Json& object) {
    Handler handler;
    if (const auto& exec = json_read::member(object, "exec"); exec.is_object()) {
        handler.kind = Handler::Kind::Exec;
        handler.command = json_read::strings(exec, "command");
    } else if (const auto& http = json_read::member(object, "httpGet"); http.is_object()) {
        handler.kind = Handler::Kind::HttpGet;
        handler.http = parse_http_get(http);
    } else if (const auto& tcp = json_read::member(object, "tcpSocket"); tcp.is_object()) {
        handler.kind = Handler::Kind::TcpSocket;
        handler.host = json_read::text(tcp, "host");
        handler.port = number_or_name(tcp, "port");
    } else if (const auto& grpc = json_read::member(object, "grpc"); grpc.is_object()) {
        handler.kind = Handler::Kind::Grpc;
        handler.port = number_or_name(grpc, "port");
        handler.service = json_read::text(grpc, "service");
    } else if (const auto& sleep = json_read::member(object, "sleep"); sleep.is_object()) {
        handler.kind = Handler::Kind::Sleep;
        handler.sleep_seconds = json_read::integer(sleep, "seconds");
    }
    return handler;
}

Probe parse_probe(const Json& object) {
    Probe probe;
    const auto whole = [&](std::string_view key, int fallback) {
        const auto value = static_cast<int>(json_read::integer(object, key));
        return value > 0 ? value : fallback;
    };
    probe.handler = parse_handler(object);
    probe.initial_delay_seconds = whole("initialDelaySeconds", 0);
    probe.period_seconds = whole("periodSeconds", probe.period_seconds);
    probe.timeout_seconds = whole("timeoutSeconds", probe.timeout_seconds);
    probe.success_threshold = whole("successThreshold", probe.success_threshold);
    probe.failure_threshold = whole("failureThreshold", probe.failure_threshold);
    probe.termination_grace_seconds =
        json_read::optional_integer(object, "terminationGracePeriodSeconds");
    return probe;
}

bool has_floating_tag(const std::string& image) {
    if (image.find('@') != std::string::npos) return false;
    const auto slash = image.rfind('/');
    const auto colon = image.find(':', slash == std::string::npos ? 0 : slash);
    return colon == std::string::npos || image.substr(colon + 1) == "latest";
}

ImagePullPolicy parse_pull_policy(const std::string& policy, const std::string& image) {
    if (policy == "Always") return ImagePullPolicy::Always;
    if (policy == "Never") return ImagePullPolicy::Never;
    if (policy == "IfNotPresent") return ImagePullPolicy::IfNotPresent;
    return has_floating_tag(image) ? ImagePullPolicy::Always : ImagePullPolicy::IfNotPresent;
}

void parse_program(Container& container, const Json& object) {
    container.command = json_read::strings(object, "command");
    container.args = json_read::strings(object, "args");
    container.working_dir = json_read::text(object, "workingDir");
    container.env = json_read::list<EnvVar>(object, "env", parse_env);
    container.env_from = json_read::list<EnvFrom>(object, "envFrom", parse_env_from);
    container.tty = json_read::boolean(object, "tty");
    container.open_stdin = json_read::boolean(object, "stdin");
    container.stdin_once = json_read::boolean(object, "stdinOnce");
}

/// A probe without a handler is none. In its command stand only the variables that the manifest
/// gives as plain values.
std::optional<Probe> parse_own_probe(
    const Container& container, const Json& object, std::string_view key) {
    auto probe = json_read::optional_object<Probe>(object, key, parse_probe);
    if (!probe || probe->handler.kind == Handler::Kind::None) return std::nullopt;
    const auto lookup = [&](std::string_view name) -> std::optional<std::string> {
        for (const auto& variable : container.env) {
            const bool plain = variable.source == EnvVar::Source::Value;
            if (plain && variable.name == name) return variable.value;
        }
        return std::nullopt;
    };
    for (auto& word : probe->handler.command) word = expand_variables(word, lookup);
    return probe;
}

void parse_care(Container& container, const Json& object) {
    const auto& lifecycle = json_read::member(object, "lifecycle");
    container.liveness = parse_own_probe(container, object, "livenessProbe");
    container.readiness = parse_own_probe(container, object, "readinessProbe");
    container.startup = parse_own_probe(container, object, "startupProbe");
    container.post_start =
        json_read::optional_object<Handler>(lifecycle, "postStart", parse_handler);
    container.pre_stop = json_read::optional_object<Handler>(lifecycle, "preStop", parse_handler);
    container.stop_signal = json_read::text(lifecycle, "stopSignal");
    container.restart_always = json_read::text(object, "restartPolicy") == "Always";
    container.termination_message_path = json_read::text(object, "terminationMessagePath");
    container.fall_back_to_logs =
        json_read::text(object, "terminationMessagePolicy") == "FallbackToLogsOnError";
}

}  // namespace

SecurityProfile parse_profile(const Json& profile) {
    return {
        .type = json_read::text(profile, "type"),
        .localhost_profile = json_read::text(profile, "localhostProfile")};
}

SeLinuxOptions parse_selinux(const Json& options) {
    return {
        .user = json_read::text(options, "user"),
        .role = json_read::text(options, "role"),
        .type = json_read::text(options, "type"),
        .level = json_read::text(options, "level")};
}

std::optional<Quantity> Container::requested(std::string_view resource) const {
    if (const auto request = requests.find(resource); request != requests.end())
        return request->second;
    if (const auto limit = limits.find(resource); limit != limits.end()) return limit->second;
    return std::nullopt;
}

Container parse_container_spec(const Json& object) {
    const auto& resources = json_read::member(object, "resources");
    Container container;
    container.name = json_read::text(object, "name");
    container.image = json_read::text(object, "image");
    container.pull_policy =
        parse_pull_policy(json_read::text(object, "imagePullPolicy"), container.image);
    container.ports = json_read::list<ContainerPort>(object, "ports", parse_port);
    container.requests = parse_resources(resources, "requests");
    container.limits = parse_resources(resources, "limits");
    container.mounts = json_read::list<VolumeMount>(object, "volumeMounts", parse_mount);
    container.security = parse_container_security(json_read::member(object, "securityContext"));
    parse_program(container, object);
    parse_care(container, object);
    return container;
}

}  // namespace picket::nodeagent
