#include "common/daemonset/failed_pod_backoff.hpp"

#include <algorithm>

namespace picket::daemonset {
namespace {

bool is_quiet(const FailedPodBackoff::Entry& entry, TimePoint now) {
    return now - entry.since > 2 * FailedPodBackoff::kLongest;
}

}  // namespace

const FailedPodBackoff::Entry* FailedPodBackoff::find(
    const std::string& node, std::int64_t generation, TimePoint now) const {
    const auto found = entries_.find(node);
    if (found == entries_.end() || found->second.generation != generation) return nullptr;
    return is_quiet(found->second, now) ? nullptr : &found->second;
}

std::optional<Duration> FailedPodBackoff::remaining(
    const std::string& node, std::int64_t generation, TimePoint now) const {
    const auto* entry = find(node, generation, now);
    if (entry == nullptr || now - entry->since >= entry->delay) return std::nullopt;
    return entry->delay - (now - entry->since);
}

FailedPodBackoff::Entry FailedPodBackoff::next(
    const std::string& node, std::int64_t generation, TimePoint now) const {
    const auto* entry = find(node, generation, now);
    const Duration delay =
        entry == nullptr ? Duration{kFirst} : std::min<Duration>(entry->delay * 2, kLongest);
    return {generation, now, delay};
}

void FailedPodBackoff::forget_quiet(TimePoint now) {
    std::erase_if(entries_, [&](const auto& item) { return is_quiet(item.second, now); });
}

}  // namespace picket::daemonset
