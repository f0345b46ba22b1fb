#pragma once
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <filesystem>
#include <set>
#include <string>

namespace picket::nodeagent {

/// Log collectors read containers' logs where Kubernetes puts them, and take pod, namespace and
/// container from the names:
///
///     <root>/pods/<namespace>_<pod>_<uid>/<container>/<attempt>.log -> the engine's file
///     <root>/containers/<pod>_<namespace>_<container>-<id>.log      -> that
///
/// A host that cannot have the links runs its pods all the same: failures are logged.
void link_log(const std::filesystem::path& root, const ContainerState& container);
void unlink_log(const std::filesystem::path& root, const ContainerState& container);
/// The pod's folder, after its last container.
void unlink_pod_logs(const std::filesystem::path& root, const Pod& pod);
/// The folders that this node's agent made for pods that are not among the known ones, with the
/// links into them. Returns how many.
std::size_t unlink_unknown_pod_logs(
    const std::filesystem::path& root,
    const std::string& node,
    const std::set<std::string>& known_uids);

}  // namespace picket::nodeagent
