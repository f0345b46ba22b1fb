#pragma once
#include <chrono>

namespace picket::client {

/// Doubles from `first` with each failure up to `longest`. `failures` counts from 0.
[[nodiscard]] std::chrono::milliseconds backoff_delay(
    unsigned failures, std::chrono::milliseconds first, std::chrono::milliseconds longest);
/// Between half and the whole of `delay`, so that clients who lost the same server do not return
/// all at once. `fraction` is random in [0, 1).
[[nodiscard]] std::chrono::milliseconds with_jitter(
    std::chrono::milliseconds delay, double fraction);

}  // namespace picket::client
