#include "tests/bench/load.hpp"

#include "common/async/exception.hpp"

#include <boost/asio/co_spawn.hpp>

#include <algorithm>

namespace picket::bench {
namespace {

Awaitable<> call_until(
    Clock::time_point end,
    std::size_t client,
    const Operation& operation,
    Samples& latency,
    Clock::time_point& finished) {
    for (std::size_t number = 0; Clock::now() < end; ++number) {
        const auto start = Clock::now();
        co_await operation(client, number);
        latency.add(Clock::now() - start);
    }
    finished = Clock::now();
}

}  // namespace

void Samples::add(const Samples& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
}

double Samples::quantile(double share) {
    if (values_.empty()) return 0;
    const auto last = static_cast<double>(values_.size() - 1);
    const auto position = values_.begin() + static_cast<std::ptrdiff_t>(share * last);
    std::ranges::nth_element(values_, position);
    return *position;
}

LoadResult run_load(
    boost::asio::io_context& loop,
    std::size_t clients,
    Clock::duration duration,
    Operation operation) {
    std::vector<Samples> latency(clients);
    const auto start = Clock::now();
    // Not the end of run(): connections that are kept alive hold the loop after the last answer.
    auto finished = start;
    for (std::size_t client = 0; client < clients; ++client) {
        boost::asio::co_spawn(
            loop,
            call_until(start + duration, client, operation, latency[client], finished),
            rethrow);
    }
    loop.restart();
    loop.run();
    const std::chrono::duration<double> took = finished - start;
    LoadResult result;
    for (const auto& samples : latency) result.latency.add(samples);
    result.per_second = static_cast<double>(result.latency.size()) / took.count();
    return result;
}

}  // namespace picket::bench
