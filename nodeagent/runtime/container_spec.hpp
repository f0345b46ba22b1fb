#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace picket::nodeagent {

using ContainerLabels = std::map<std::string, std::string, std::less<>>;

struct BindMount {
    std::string source;
    std::string target;
    bool read_only = false;
    std::string propagation =
        {};  ///< "", "rslave" or "rshared"; never "rprivate", the engine refuses it above its data
};

struct PortBinding {
    std::uint16_t container_port = 0;
    std::string protocol = "tcp";
    std::string host_ip = {};
    std::uint16_t host_port = 0;
};

/// Limits and weights in the engine's units; 0 means "not set".
struct ContainerResources {
    std::int64_t cpu_shares = 0;
    std::int64_t cpu_quota = 0;  ///< per 100 ms
    std::int64_t memory_bytes = 0;
    std::optional<int> oom_score_adj = {};  ///< wished: dropped where the host refuses it
};

struct ContainerSecurity {
    bool privileged = false;
    bool read_only_root = false;
    bool unmasked_proc = false;
    std::string user = {};  ///< "uid", "uid:gid" or empty for the image's
    std::vector<std::string> groups = {};
    std::vector<std::string> add_capabilities = {};
    std::vector<std::string> drop_capabilities = {};
    std::vector<std::string> options = {};  ///< "no-new-privileges", "seccomp=unconfined", …
};

/// Namespaces and what belongs to the network namespace. With `network` "container:<id>" the engine
/// refuses hostname, DNS, hosts and ports: they belong to the container that owns the network.
struct ContainerNamespaces {
    std::string network = {};  ///< "", "host", "none" or "container:<id>"
    std::string ipc = {};      ///< "", "host", "shareable" or "container:<id>"
    std::string pid = {};      ///< "", "host" or "container:<id>"
    std::string uts = {};      ///< "" or "host"
    std::string cgroup = {};   ///< "" or "host"
    std::string hostname = {};
    std::string domainname = {};  ///< the part of the full name behind it
    std::vector<std::string> dns_servers = {};
    std::vector<std::string> dns_searches = {};
    std::vector<std::string> dns_options = {};
    std::vector<std::string> extra_hosts = {};  ///< "name:address"
    std::vector<PortBinding> ports = {};
    std::map<std::string, std::string> sysctls = {};
};

/// Everything a container is made from, in the runtime's terms.
struct ContainerSpec {
    std::string name;
    std::string image;
    std::vector<std::string> entrypoint = {};  ///< empty: the image's
    std::vector<std::string> arguments = {};  ///< empty: the image's, unless an entrypoint is given
    std::vector<std::pair<std::string, std::string>> environment = {};
    std::string working_dir = {};
    bool tty = false;
    bool open_stdin = false;
    bool stdin_once = false;
    std::string stop_signal = {};  ///< empty: the image's
    ContainerLabels labels = {};
    std::vector<BindMount> mounts = {};
    ContainerNamespaces namespaces = {};
    ContainerSecurity security = {};
    ContainerResources resources = {};
    std::string runtime = {};  ///< the engine's name of an OCI runtime; empty: its default
};

}  // namespace picket::nodeagent
