#pragma once
#include "common/api/label_selector.hpp"
#include "nodeagent/pod/container.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// What pods need to know of their host.
struct NodeContext {
    std::string name;
    std::string ip;
    std::string boot = {};  ///< another one after each boot
    ResourceList allocatable = {};
    std::int64_t memory_bytes = 0;
    /// resolv.conf of the host, for pods that add to it.
    std::vector<std::string> dns_servers = {};
    std::vector<std::string> dns_searches = {};
    std::vector<std::string> dns_options = {};
    /// A cluster's name server, for pods with dnsPolicy ClusterFirst; none on plain hosts.
    std::vector<std::string> cluster_dns = {};
    std::string cluster_domain = "cluster.local";
    std::vector<std::string> allowed_sysctls = {};  ///< besides the safe ones
    std::string seccomp_root = {};                  ///< folder of Localhost profiles
    std::string log_root = {};  ///< where links to containers' logs are made; empty: nowhere
    /// Where the API is for programs in containers; empty: nowhere. An address of the loopback is
    /// reached by pods on the host's network alone; others go by the relay, once it is open.
    std::string api_host = {};
    std::string api_port = {};
    std::string relay_address = {};
    std::string relay_port = {};
    /// Files of the engine that no pod may replace by a folder.
    std::string engine_socket = {};
};

}  // namespace picket::nodeagent
