#pragma once
/// Drives an operation from many coroutines at once and measures it.
#include "common/async/awaitable.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <vector>

namespace picket::bench {

using Clock = std::chrono::steady_clock;
using Microseconds = std::chrono::duration<double, std::micro>;

/// Durations in microseconds, asked for by quantile.
class Samples {
public:
    void add(Clock::duration sample) { values_.push_back(Microseconds(sample).count()); }
    void add(const Samples& other);
    [[nodiscard]] std::size_t size() const { return values_.size(); }
    /// 0.5: the median, 1: the largest.
    [[nodiscard]] double quantile(double share);

private:
    std::vector<double> values_;
};

struct LoadResult {
    double per_second = 0;
    Samples latency;
};

/// What one client does again and again; `number` counts its calls.
using Operation = std::function<Awaitable<>(std::size_t client, std::size_t number)>;

/// `clients` coroutines, each with one call in flight, for `duration`.
LoadResult run_load(
    boost::asio::io_context& loop,
    std::size_t clients,
    Clock::duration duration,
    Operation operation);

}  // namespace picket::bench
