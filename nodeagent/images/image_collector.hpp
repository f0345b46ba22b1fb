#pragma once
#include "nodeagent/images/image_collection.hpp"
#include "nodeagent/images/image_ledger.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <functional>
#include <set>
#include <string>

namespace picket::nodeagent {

/// Removes images that this agent pulled and nothing uses any more, when the engine's disk runs
/// full or they have grown old. Never one that it did not pull, never by force: what the engine
/// says is in use or has another name stays. Loop thread only.
class ImageCollector {
public:
    /// The names of images that pods of this host want.
    using WantedNames = std::function<std::set<std::string>()>;

    ImageCollector(
        Runtime& runtime,
        ImageLedger& ledger,
        const Clock& clock,
        ImageLimits limits,
        WantedNames wanted_names)
        : runtime_(runtime),
          ledger_(ledger),
          clock_(clock),
          limits_(limits),
          wanted_names_(std::move(wanted_names)) {}

    /// One look, and what follows from it.
    Awaitable<Result<void>> collect();

private:
    Awaitable<Result<std::vector<CollectableImage>>> gather();
    Awaitable<Result<std::set<std::string>>> used_ids();
    Awaitable<std::optional<DiskUse>> disk();
    Awaitable<Result<void>> remove(std::string id);
    Awaitable<Result<void>> remove_names(std::string id);

    Runtime& runtime_;
    ImageLedger& ledger_;
    const Clock& clock_;
    ImageLimits limits_;
    WantedNames wanted_names_;
    bool told_full_ = false;
};

/// Of the file system that holds `folder`; nothing if there is no such folder here.
[[nodiscard]] std::optional<DiskUse> disk_use_of(const std::string& folder);

}  // namespace picket::nodeagent
