#include "nodeagent/pod/disk_use.hpp"

#include <fts.h>
#include <memory>
#include <set>
#include <string>
#include <sys/stat.h>

namespace picket::nodeagent {

std::uint64_t disk_use(const std::filesystem::path& folder) {
    auto path = folder.string();
    char* roots[] = {path.data(), nullptr};
    constexpr int kOptions = FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV;
    const std::unique_ptr<FTS, int (*)(FTS*)> walk(
        ::fts_open(roots, kOptions, nullptr), &::fts_close);
    if (!walk) return 0;
    std::uint64_t bytes = 0;
    std::set<ino_t> linked;  // a file with several names is counted once
    while (const auto* entry = ::fts_read(walk.get())) {
        if (entry->fts_statp == nullptr || entry->fts_info == FTS_DP || entry->fts_info == FTS_NS)
            continue;
        const auto& status = *entry->fts_statp;
        if (status.st_nlink > 1 && !S_ISDIR(status.st_mode) && !linked.insert(status.st_ino).second)
            continue;
        bytes += static_cast<std::uint64_t>(status.st_blocks) * 512U;
    }
    return bytes;
}

}  // namespace picket::nodeagent
