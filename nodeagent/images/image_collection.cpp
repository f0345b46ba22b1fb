#include "nodeagent/images/image_collection.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr std::uint64_t kHundred = 100;

std::uint64_t bytes_to_free(std::optional<DiskUse> disk, const ImageLimits& limits) {
    if (!disk || disk->capacity == 0 || limits.high_percent >= static_cast<int>(kHundred)) return 0;
    const auto used = disk->capacity - std::min(disk->available, disk->capacity);
    const auto part = [&](int percent) {
        return disk->capacity / kHundred * static_cast<std::uint64_t>(percent);
    };
    if (used < part(limits.high_percent)) return 0;
    const auto goal = part(limits.low_percent);
    return used > goal ? used - goal : 0;
}

}  // namespace

ImageCollection plan_image_collection(
    std::vector<CollectableImage> images,
    std::optional<DiskUse> disk,
    const ImageLimits& limits,
    TimePoint now) {
    std::erase_if(images, [&](const CollectableImage& image) {
        return image.in_use || now - image.last_used < limits.min_age;
    });
    std::ranges::sort(images, [](const CollectableImage& a, const CollectableImage& b) {
        return a.last_used != b.last_used ? a.last_used < b.last_used : a.id < b.id;
    });
    ImageCollection plan;
    plan.wanted_bytes = bytes_to_free(disk, limits);
    const auto too_old = [&](const CollectableImage& image) {
        return limits.max_age.count() > 0 && now - image.last_used > limits.max_age;
    };
    for (const auto& image : images) {
        if (!too_old(image) && plan.found_bytes >= plan.wanted_bytes) break;
        plan.remove.push_back(image.id);
        plan.found_bytes += image.size_bytes;
    }
    return plan;
}

}  // namespace picket::nodeagent
