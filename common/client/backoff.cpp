#include "common/client/backoff.hpp"

#include <algorithm>

namespace picket::client {

std::chrono::milliseconds backoff_delay(
    unsigned failures, std::chrono::milliseconds first, std::chrono::milliseconds longest) {
    auto delay = first;
    for (; failures > 0 && delay < longest; --failures) delay *= 2;
    return std::min(delay, longest);
}

std::chrono::milliseconds with_jitter(std::chrono::milliseconds delay, double fraction) {
    const auto half = static_cast<double>(delay.count()) / 2;
    return std::chrono::milliseconds{static_cast<std::int64_t>(half + half * fraction)};
}

}  // namespace picket::client
