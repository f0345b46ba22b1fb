#include "nodeagent/pod/sandbox.hpp"

#include "nodeagent/pod/dns.hpp"
#include "nodeagent/pod/pod_api_address.hpp"

#include <algorithm>
#include <cctype>

namespace picket::nodeagent {
namespace {

constexpr std::size_t kMaxHostname = 63;

bool reads_pod_address(const Container& container) {
    return std::any_of(container.env.begin(), container.env.end(), [](const EnvVar& variable) {
        return variable.source == EnvVar::Source::Field &&
               variable.field_path.starts_with("status.podIP");
    });
}

std::vector<PortBinding> host_ports(const Pod& pod) {
    std::vector<PortBinding> ports;
    for (const auto& container : pod.spec.containers) {
        for (const auto& port : container.ports) {
            if (port.host_port == 0) continue;
            auto protocol = port.protocol;
            std::transform(protocol.begin(), protocol.end(), protocol.begin(), [](unsigned char c) {
                return std::tolower(c);
            });
            ports.push_back({port.container_port, protocol, port.host_ip, port.host_port});
        }
    }
    return ports;
}

std::vector<std::string> extra_hosts(const Pod& pod, const NodeContext& node) {
    auto hosts = api_host_entries(pod, node);
    for (const auto& alias : pod.spec.host_aliases) {
        for (const auto& name : alias.hostnames) hosts.push_back(name + ":" + alias.ip);
    }
    return hosts;
}

void add_dns(ContainerNamespaces& namespaces, const Pod& pod, const NodeContext& node) {
    auto dns = dns_settings(pod, node);
    namespaces.dns_servers = std::move(dns.servers);
    namespaces.dns_searches = std::move(dns.searches);
    namespaces.dns_options = std::move(dns.options);
}

/// What stands behind the host name: programs that ask for the full name get the one that
/// Kubernetes would give.
std::string pod_domain(const Pod& pod, const NodeContext& node) {
    if (pod.spec.subdomain.empty() || pod.spec.host_network) return {};
    return pod.spec.subdomain + "." + pod.namespace_name + ".svc." + node.cluster_domain;
}

std::string pid_mode(const Pod& pod) {
    return pod.spec.host_pid ? "host" : std::string();
}

}  // namespace

bool needs_sandbox(const Pod& pod) {
    const auto& spec = pod.spec;
    if (spec.containers.size() != 1 || spec.share_process_namespace) return true;
    const auto sidecar = [](const Container& container) { return container.restart_always; };
    if (std::any_of(spec.init_containers.begin(), spec.init_containers.end(), sidecar)) return true;
    if (spec.host_network) return false;
    return !spec.init_containers.empty() || reads_pod_address(spec.containers.front());
}

std::string pod_hostname(const Pod& pod) {
    if (pod.spec.host_network) return {};
    const auto& name = pod.spec.hostname.empty() ? pod.name : pod.spec.hostname;
    auto hostname = name.substr(0, kMaxHostname);
    while (hostname.ends_with('-') || hostname.ends_with('.')) hostname.pop_back();
    return hostname;
}

ContainerNamespaces own_namespaces(const Pod& pod, const NodeContext& node) {
    ContainerNamespaces namespaces;
    namespaces.network = pod.spec.host_network ? "host" : "bridge";
    namespaces.ipc = pod.spec.host_ipc ? "host" : needs_sandbox(pod) ? "shareable" : "";
    namespaces.pid = pid_mode(pod);
    namespaces.uts = pod.spec.host_network ? "host" : "";
    namespaces.hostname = pod_hostname(pod);
    namespaces.domainname = pod_domain(pod, node);
    if (pod.spec.hostname_is_full && !namespaces.domainname.empty())
        namespaces.hostname += "." + namespaces.domainname;
    namespaces.extra_hosts = extra_hosts(pod, node);
    // With the host's network a hostPort is a claim, nothing to publish.
    if (!pod.spec.host_network) namespaces.ports = host_ports(pod);
    for (const auto& [name, value] : pod.spec.security.sysctls) namespaces.sysctls[name] = value;
    add_dns(namespaces, pod, node);
    return namespaces;
}

ContainerNamespaces joined_namespaces(const Pod& pod, const std::string& sandbox_id) {
    const auto sandbox = "container:" + sandbox_id;
    ContainerNamespaces namespaces;
    namespaces.network = sandbox;
    namespaces.ipc = pod.spec.host_ipc ? "host" : sandbox;
    namespaces.pid = pod.spec.share_process_namespace ? sandbox : pid_mode(pod);
    namespaces.uts = pod.spec.host_network ? "host" : "";
    return namespaces;
}

}  // namespace picket::nodeagent
