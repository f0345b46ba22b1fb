/// Keeps emptyDir volumes on disk within their limits.
#include "common/async/run_on.hpp"
#include "nodeagent/pod/disk_use.hpp"
#include "nodeagent/pod/pod_worker.hpp"

#include <boost/asio/system_executor.hpp>
#include <fmt/format.h>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;

/// A disk tells nobody that a folder grows, so it is measured; as often as Kubernetes does.
constexpr std::chrono::seconds kMeasureDisk{10};

struct LimitedFolder {
    std::string volume;
    std::filesystem::path folder;
    Quantity limit;
};

std::vector<LimitedFolder> limited_folders(const Pod& pod, const std::filesystem::path& root) {
    std::vector<LimitedFolder> folders;
    for (const auto& volume : pod.spec.volumes) {
        const bool measured = volume.kind == Volume::Kind::EmptyDir && !volume.in_memory &&
                              volume.size_limit && !volume.size_limit->is_zero();
        if (measured) folders.push_back({volume.name, root / volume.name, *volume.size_limit});
    }
    return folders;
}

}  // namespace

Awaitable<> PodWorker::watch_disk() {
    const auto folders = limited_folders(*pod_, services_.volumes.pod_folder(pod_->uid));
    while (!folders.empty() && !memory_.ended && !grace_) {
        co_await sleep_for(kMeasureDisk);
        for (const auto& limited : folders) {
            const auto used = co_await run_on(
                boost::asio::system_executor(),
                [folder = limited.folder] { return disk_use(folder); });
            if (used <= static_cast<std::uint64_t>(limited.limit.value()) || memory_.ended)
                continue;
            reject(
                {"Evicted",
                 fmt::format(
                     "Usage of EmptyDir volume \"{}\" exceeds the limit \"{}\". ",
                     limited.volume,
                     limited.limit.to_string())});
        }
    }
}

}  // namespace picket::nodeagent
