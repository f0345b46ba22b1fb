#pragma once
#include "common/base/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// The disk that holds the engine's images.
struct DiskUse {
    std::uint64_t capacity = 0;
    std::uint64_t available = 0;
};

/// When images that nothing uses are removed; the names and defaults are the kubelet's.
struct ImageLimits {
    int high_percent = 85;  ///< of the disk: above it, images go until `low_percent`; 100: never
    int low_percent = 80;
    std::chrono::milliseconds min_age = std::chrono::minutes{2};  ///< unused for this long at least
    std::chrono::milliseconds max_age{
        0};  ///< unused for longer: gone in any case; 0: no such limit
};

/// An image that this agent pulled and that is on the host.
struct CollectableImage {
    std::string id;
    std::uint64_t size_bytes = 0;
    TimePoint last_used{};
    bool in_use = false;  ///< by a container of anybody, or wanted by a pod of this host
};

struct ImageCollection {
    std::vector<std::string> remove;  ///< ids, in this order
    std::uint64_t wanted_bytes = 0;   ///< that should become free
    std::uint64_t found_bytes = 0;    ///< size of what may go; less than wanted: nothing else may
    bool operator==(const ImageCollection&) const = default;
};

/// What should go now, the longest unused first. `disk` is absent when nobody can tell it: then
/// only age counts. Images share layers, so what becomes free may be less than their sizes say; the
/// next look goes on from there.
[[nodiscard]] ImageCollection plan_image_collection(
    std::vector<CollectableImage> images,
    std::optional<DiskUse> disk,
    const ImageLimits& limits,
    TimePoint now);

}  // namespace picket::nodeagent
