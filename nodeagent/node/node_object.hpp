#pragma once
#include "common/api/label_selector.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "nodeagent/node/host_facts.hpp"
#include "nodeagent/pod/container.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <optional>
#include <string>

namespace picket::nodeagent {

/// Everything the Node object is made from.
struct NodeSnapshot {
    std::string name;
    std::string ip;
    Labels extra_labels;  ///< --node-labels
    HostFacts host;
    RuntimeInfo runtime;
    std::string runtime_trouble;  ///< the engine's words while it is away; empty when it answers
};

/// What pods may be given of this host.
[[nodiscard]] ResourceList allocatable_of(const HostFacts& host);
/// The labels that every node has; the agent keeps them right.
[[nodiscard]] Labels standard_labels(const NodeSnapshot& node);
/// metadata and spec for the registration.
[[nodiscard]] Json build_node(const NodeSnapshot& node);
/// `status`; `previous` (null if none) keeps the transition times of conditions, and conditions
/// that are not the agent's.
[[nodiscard]] Json build_node_status(const NodeSnapshot& node, const Json& previous, TimePoint now);
/// Whether the two say something different, heartbeat times aside.
[[nodiscard]] bool status_differs(const Json& a, const Json& b);

}  // namespace picket::nodeagent
