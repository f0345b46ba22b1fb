#pragma once
#include <algorithm>
#include <chrono>

namespace picket::cli {

/// How long a command still waits, and how long it may sleep before it looks again: often at first,
/// then each second.
class Deadline {
public:
    /// 0: for ever.
    explicit Deadline(std::chrono::milliseconds timeout)
        : end_(timeout.count() == 0 ? Clock::time_point::max() : Clock::now() + timeout) {}

    [[nodiscard]] bool passed() const { return Clock::now() >= end_; }
    [[nodiscard]] std::chrono::milliseconds next_pause() {
        const auto pause = pause_;
        pause_ = std::min(pause_ * 2, std::chrono::milliseconds{1000});
        return pause;
    }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point end_;
    std::chrono::milliseconds pause_{50};
};

}  // namespace picket::cli
