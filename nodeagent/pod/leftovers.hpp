#pragma once
#include <filesystem>
#include <set>
#include <string>

namespace picket::nodeagent {

class PodVolumes;

/// What pods left behind that this host does not know any more, because an agent was killed before
/// it could tidy up: folders of volumes, and links to logs that lead nowhere. Only what agents of
/// this node have made.
struct Leftovers {
    std::size_t volumes = 0;
    std::size_t log_folders = 0;
};
Leftovers remove_leftovers(
    PodVolumes& volumes,
    const std::filesystem::path& log_root,
    const std::string& node,
    const std::set<std::string>& known_uids);

}  // namespace picket::nodeagent
