#include "nodeagent/host_context.hpp"

#include "common/http/client.hpp"
#include "nodeagent/node/host_facts.hpp"
#include "nodeagent/node/node_object.hpp"

#include <fmt/format.h>

#include <sys/stat.h>
#include <utility>

namespace picket::nodeagent {
std::string host_identity(const NodeAgentOptions& options) {
    const auto boot = options.host_facts().boot_id;
    struct stat folder {};
    if (boot.empty() || ::stat(options.data_dir.c_str(), &folder) != 0) return {};
    return fmt::format("{}/{}", boot, folder.st_ino);
}

NodeContext make_context(const NodeAgentOptions& options, const std::string& ip) {
    const auto host = options.host_facts();
    NodeContext context;
    context.name = options.node_name;
    context.ip = ip;
    context.boot = host.boot_id;
    if (const auto endpoint = http::parse_endpoint(options.server)) {
        context.api_host = endpoint->host;
        context.api_port = std::to_string(endpoint->port);
    }
    context.allocatable = allocatable_of(host);
    context.memory_bytes = host.memory_bytes;
    context.dns_servers = host.dns_servers;
    context.dns_searches = host.dns_searches;
    context.dns_options = host.dns_options;
    context.cluster_dns = options.cluster_dns;
    context.cluster_domain = options.cluster_domain;
    context.allowed_sysctls = options.allowed_unsafe_sysctls;
    context.seccomp_root = options.data_dir + "/seccomp";
    context.log_root = options.log_root;
    if (const auto engine = http::parse_endpoint(options.docker);
        engine && engine->transport == http::Endpoint::Transport::Unix)
        context.engine_socket = engine->path;
    return context;
}

}  // namespace picket::nodeagent
