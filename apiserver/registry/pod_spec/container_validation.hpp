#pragma once
/// The parts of a container's validation, one file each. `path` is that of the container or of the
/// part itself.
#include "apiserver/registry/document.hpp"
#include "apiserver/registry/pod_spec/pod_spec.hpp"

#include <set>
#include <string>

namespace picket::registry {

using Names = std::set<std::string, std::less<>>;

/// containers and initContainers of a pod, with all rules between them.
void validate_containers(
    const Json& spec,
    const std::string& path,
    PodSpecUse use,
    const Names& volumes,
    FieldErrors& errors);

void validate_ports(const Json& ports, const std::string& path, FieldErrors& errors);
/// Between all containers of a pod: host ports taken twice, host ports in the host's network.
void validate_host_ports(const Json& spec, const std::string& path, FieldErrors& errors);
void validate_env(const Json& container, const std::string& path, FieldErrors& errors);
void validate_resources(const Json& resources, const std::string& path, FieldErrors& errors);
void validate_probes(const Json& container, const std::string& path, FieldErrors& errors);
void validate_lifecycle(const Json& lifecycle, const std::string& path, FieldErrors& errors);
void validate_mounts(
    const Json& container, const std::string& path, const Names& volumes, FieldErrors& errors);

/// A number from 1 to 65535.
[[nodiscard]] bool is_port_number(const Json& value);
inline constexpr std::string_view kPortRange = "must be between 1 and 65535, inclusive";

/// fieldRef and resourceFieldRef, in env and in downward API volumes.
void validate_resource_field(const Json& reference, const std::string& path, FieldErrors& errors);

}  // namespace picket::registry
