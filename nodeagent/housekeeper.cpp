#include "nodeagent/housekeeper.hpp"

#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "nodeagent/images/prefetch_request.hpp"
#include "nodeagent/pod/leftovers.hpp"
#include "nodeagent/pod/pod_manager.hpp"

#include <spdlog/spdlog.h>

#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {
namespace {

/// Those that the pods run, and those that their successors will.
std::set<std::string> wanted_images(const std::vector<const Pod*>& pods) {
    std::set<std::string> names;
    for (const auto* pod : pods) {
        for (const auto* list : {&pod->spec.init_containers, &pod->spec.containers}) {
            for (const auto& container : *list) names.insert(container.image);
        }
        const auto next = parse_prefetch_request(pod->annotations);
        if (!next) continue;
        for (const auto& wanted : next->images) names.insert(wanted.image);
    }
    return names;
}

}  // namespace

Housekeeper::Housekeeper(
    const NodeAgentOptions& options,
    Runtime& runtime,
    const Clock& clock,
    ImageLedger& pulled_images,
    PodVolumes& volumes,
    const PodManager& pods)
    : options_(options),
      volumes_(volumes),
      pods_(pods),
      images_(runtime, pulled_images, clock, options.images, [this] {
          return wanted_images(pods_.pods());
      }) {}

Awaitable<> Housekeeper::run() {
    while (true) {
        co_await sleep_for(options_.collection_period);
        tidy_folders();
        if (auto collected = co_await images_.collect(); !collected)
            logger("images")->warn("images not collected why={}", collected.error().message);
    }
}

void Housekeeper::tidy_folders() {
    const auto known = pods_.known_uids();
    if (!known) return;
    const auto left = remove_leftovers(volumes_, options_.log_root, options_.node_name, *known);
    if (left.volumes + left.log_folders > 0)
        logger("agent")->info(
            "removed what gone pods had left volumes={} logs={}", left.volumes, left.log_folders);
}

}  // namespace picket::nodeagent
