#include "nodeagent/pod/leftovers.hpp"

#include "common/base/log.hpp"
#include "nodeagent/pod/log_links.hpp"
#include "nodeagent/pod/pod_volumes.hpp"

#include <spdlog/spdlog.h>

namespace picket::nodeagent {
namespace {

std::size_t remove_unknown_volumes(PodVolumes& volumes, const std::set<std::string>& known_uids) {
    std::size_t count = 0;
    for (const auto& uid : volumes.pods_with_folders()) {
        if (known_uids.contains(uid)) continue;
        auto removed = volumes.remove(uid);
        if (removed) {
            ++count;
        } else {
            logger("pod")->warn("{}", removed.error().message);
        }
    }
    return count;
}

}  // namespace

Leftovers remove_leftovers(
    PodVolumes& volumes,
    const std::filesystem::path& log_root,
    const std::string& node,
    const std::set<std::string>& known_uids) {
    return {
        remove_unknown_volumes(volumes, known_uids),
        unlink_unknown_pod_logs(log_root, node, known_uids)};
}

}  // namespace picket::nodeagent
