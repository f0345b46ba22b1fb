#pragma once
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_spec.hpp"

#include <string>

namespace picket::nodeagent {

/// Whether a container of its own must hold the pod's namespaces. A pod of one container pays for
/// none: the container owns its network itself, and its address changes with it. What needs one:
///
/// | needs a sandbox                            | because | |
/// ------------------------------------------ |
/// ---------------------------------------------------- | | several containers | they share network
/// and IPC                           | | init containers, own network               | they share
/// the address with what runs after them     | | shareProcessNamespace                      |
/// somebody must be PID 1                               | | own network, and its address in a
/// variable | it must be known before the container is made        |
///
/// Init containers before one host-network container share nothing that a sandbox would hold.
[[nodiscard]] bool needs_sandbox(const Pod& pod);

/// The host name inside the pod; empty with host network: the host's own.
[[nodiscard]] std::string pod_hostname(const Pod& pod);

/// Namespaces of the sandbox, or of the only container of a pod without one.
[[nodiscard]] ContainerNamespaces own_namespaces(const Pod& pod, const NodeContext& node);
/// Namespaces of a container that joins the sandbox.
[[nodiscard]] ContainerNamespaces joined_namespaces(const Pod& pod, const std::string& sandbox_id);

}  // namespace picket::nodeagent
