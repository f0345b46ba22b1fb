#pragma once
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"

#include <string>
#include <vector>

namespace picket::nodeagent {

/// What a pod's resolv.conf says where it is not simply the host's.
struct DnsSettings {
    std::vector<std::string> servers;
    std::vector<std::string> searches;
    std::vector<std::string> options;
};

/// | dnsPolicy               | own network                  | host network  |
/// |-------------------------|------------------------------|---------------|
/// | ClusterFirst (default)  | the cluster's server, if any | as Default    |
/// | ClusterFirstWithHostNet | the cluster's server, if any | the same      |
/// | Default                 | the host's resolv.conf       | the same      |
/// | None                    | dnsConfig alone              | the same      |
///
/// dnsConfig is added to each. Empty settings: the engine does what the host does by itself.
[[nodiscard]] DnsSettings dns_settings(const Pod& pod, const NodeContext& node);

}  // namespace picket::nodeagent
