#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "nodeagent/images/image_collection.hpp"
#include "nodeagent/images/pull_slots.hpp"
#include "nodeagent/node/host_facts.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct NodeAgentOptions {
    std::string server;           ///< "https://10.0.0.1:6443"; empty: run from the local copy only
    std::string join_token = {};  ///< from --token-file or $PICKET_TOKEN; never logged
    std::string node_name;
    std::map<std::string, std::string> node_labels = {};
    std::string data_dir = "/var/lib/picket/agent";
    std::string pod_manifest_path = {};
    std::string docker = "unix:///var/run/docker.sock";  ///< the engine's endpoint
    std::vector<std::string> cluster_dns = {};           ///< for pods with dnsPolicy ClusterFirst
    std::string cluster_domain = "cluster.local";
    std::vector<std::string> allowed_unsafe_sysctls = {};
    std::string log_root =
        "/var/log";            ///< where links to containers' logs are made; empty: nowhere
    std::string node_ip = {};  ///< empty: the address the server is reached from
    std::chrono::milliseconds heartbeat{3'000};
    PullSlots::Limits pulls = {};
    ImageLimits images = {};
    std::chrono::milliseconds collection_period = std::chrono::minutes{5};
    std::uint64_t seed = 0;
    /// How the host is asked what it is; empty: this host. Simulated hosts are not on one.
    HostFactsSource host_facts = {};
    /// False on simulated hosts: nothing is mounted, and what belongs in memory lies in plain
    /// folders.
    bool mounts_volumes = true;
};

/// One host's agent: registers the node, keeps its Lease, runs the pods bound to it, answers log
/// requests through the tunnel. Everything durable is below data_dir. Stopping it stops no
/// container. Loop thread only.
class NodeAgent {
public:
    NodeAgent(
        boost::asio::any_io_executor executor,
        NodeAgentOptions options,
        std::unique_ptr<Runtime> runtime,
        const Clock& clock);
    ~NodeAgent();
    NodeAgent(const NodeAgent&) = delete;
    NodeAgent& operator=(const NodeAgent&) = delete;

    /// Loads the local copy, takes over running containers, starts all loops. Does not wait for the
    /// server. Fails only on what a person must mend (data dir not writable, bad token file,
    /// runtime not there and no way to wait for it).
    Awaitable<Result<void>> start();
    Awaitable<> stop();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace picket::nodeagent
