#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace picket::apiserver {

/// Counters of the server's own work, shown as Prometheus text. Loop thread only.
class Metrics {
public:
    struct RequestKey {
        std::string verb;
        std::string resource;  ///< "pods", "pods/status", "" for other paths
        unsigned code;
        auto operator<=>(const RequestKey&) const = default;
    };

    /// `long_running`: its duration says nothing about the server (watch, log), so it is only
    /// counted.
    void request_done(RequestKey key, std::chrono::microseconds duration, bool long_running);
    void watch_opened() { ++watchers_; }
    void watch_closed() { --watchers_; }
    [[nodiscard]] std::size_t watchers() const { return watchers_; }

    /// Upper bounds of the latency buckets, in seconds.
    static constexpr std::array<double, 10> kBuckets = {
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5};

    /// The request families as text; what the store and the process say is added by the handler.
    [[nodiscard]] std::string format() const;

private:
    struct Histogram {
        std::array<std::uint64_t, kBuckets.size()> counts{};
        std::uint64_t count = 0;
        double sum_seconds = 0;
    };

    std::map<RequestKey, std::uint64_t> requests_;
    std::map<std::pair<std::string, std::string>, Histogram> durations_;  // by verb and resource
    std::size_t watchers_ = 0;
};

/// `# HELP`, `# TYPE` and the name of a metric family.
[[nodiscard]] std::string format_family(
    std::string_view name, std::string_view type, std::string_view help);

}  // namespace picket::apiserver
