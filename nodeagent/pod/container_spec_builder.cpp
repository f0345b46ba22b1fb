#include "nodeagent/pod/container_spec_builder.hpp"

#include "nodeagent/pod/resources.hpp"
#include "nodeagent/pod/sandbox.hpp"
#include "nodeagent/pod/security.hpp"
#include "nodeagent/runtime/labels.hpp"

namespace picket::nodeagent {
namespace {

constexpr int kSandboxOomScore = -998;
constexpr std::int64_t kSandboxCpuShares = 2;

ContainerIdentity identity_for(
    const Pod& pod, const NodeContext& node, std::string_view container, int attempt) {
    return {
        .node = node.name,
        .pod_name = pod.name,
        .pod_namespace = pod.namespace_name,
        .pod_uid = pod.uid,
        .container = std::string(container),
        .attempt = attempt,
        .spec_hash = {},
        .grace_seconds = pod.spec.termination_grace_seconds,
        .boot = node.boot,
    };
}

std::vector<std::string> expand_all(
    std::vector<std::string> words, const Environment& environment) {
    const auto lookup = lookup_in(environment);
    for (auto& word : words) word = expand_variables(word, lookup);
    return words;
}

ContainerNamespaces namespaces_for(
    const Pod& pod,
    const Container& container,
    const NodeContext& node,
    const std::string& sandbox_id) {
    auto namespaces =
        sandbox_id.empty() ? own_namespaces(pod, node) : joined_namespaces(pod, sandbox_id);
    // Container runtimes of Kubernetes leave privileged containers in the host's cgroup namespace;
    // agents that read /sys/fs/cgroup by path rely on it.
    if (container.security.privileged) namespaces.cgroup = "host";
    return namespaces;
}

}  // namespace

Result<ContainerSpec> build_container_spec(
    const Pod& pod, const Container& container, const NodeContext& node, ContainerInputs inputs) {
    auto security = engine_security(pod, container, inputs.image, inputs.seccomp_json);
    if (!security) return security.error();
    auto identity = identity_for(pod, node, container.name, inputs.attempt);
    identity.spec_hash = spec_hash(container.name, container.image);

    ContainerSpec spec;
    spec.name = engine_name(identity);
    spec.labels = to_labels(identity);
    spec.image = container.image;
    spec.entrypoint = expand_all(container.command, inputs.environment);
    spec.arguments = expand_all(container.args, inputs.environment);
    spec.working_dir = container.working_dir;
    spec.tty = container.tty;
    spec.open_stdin = container.open_stdin;
    spec.stdin_once = container.stdin_once;
    spec.stop_signal = container.stop_signal;
    spec.namespaces = namespaces_for(pod, container, node, inputs.sandbox_id);
    spec.security = std::move(*security);
    spec.resources = engine_resources(pod, container, node.memory_bytes);
    spec.runtime = pod.spec.runtime_class;
    spec.environment = std::move(inputs.environment);
    spec.mounts = std::move(inputs.mounts);
    return spec;
}

ContainerSpec build_sandbox_spec(
    const Pod& pod, const NodeContext& node, const std::string& image, int attempt) {
    const auto identity = identity_for(pod, node, kSandboxName, attempt);
    ContainerSpec spec;
    spec.name = engine_name(identity);
    spec.labels = to_labels(identity);
    spec.image = image;
    spec.namespaces = own_namespaces(pod, node);
    spec.resources.cpu_shares = kSandboxCpuShares;
    spec.resources.oom_score_adj = kSandboxOomScore;
    spec.runtime = pod.spec.runtime_class;
    return spec;
}

}  // namespace picket::nodeagent
