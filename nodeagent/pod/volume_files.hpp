#pragma once
#include "common/base/result.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/referenced_objects.hpp"

#include <map>
#include <string>

namespace picket::nodeagent {

struct VolumeFile {
    std::string content;
    int mode = 0644;
    bool operator==(const VolumeFile&) const = default;
};
/// By path below the volume.
using VolumeFiles = std::map<std::string, VolumeFile>;

/// The files of a configMap, secret, downwardAPI or projected volume. The error says which object
/// or key is missing.
[[nodiscard]] Result<VolumeFiles> plan_volume_files(
    const Pod& pod,
    const Volume& volume,
    const NodeContext& node,
    const ReferencedObjects& objects);

}  // namespace picket::nodeagent
