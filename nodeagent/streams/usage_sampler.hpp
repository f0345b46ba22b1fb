#pragma once
#include "common/async/mutex.hpp"
#include "common/base/clock.hpp"
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/runtime/runtime.hpp"
#include "nodeagent/streams/usage_report.hpp"

#include <chrono>
#include <optional>

namespace picket::nodeagent {

/// Measures when somebody asks, and not otherwise. Those who ask at the same time share one
/// measurement. Loop thread only.
///
/// A rate of CPU is the mean between two samples: the one made now, and the last one if it is from
/// 5 to 60 seconds old. If there is none of that age, a second one is made 2 seconds after the
/// first. Rates that are younger than 5 seconds are given again.
class UsageSampler {
public:
    static constexpr std::chrono::seconds kFresh{5};
    static constexpr std::chrono::seconds kStale{60};
    static constexpr std::chrono::seconds kPause{2};

    UsageSampler(
        boost::asio::any_io_executor executor,
        Runtime& runtime,
        PodManager& pods,
        const Clock& clock)
        : runtime_(runtime), pods_(pods), clock_(clock), measuring_(std::move(executor)) {}

    struct Report {
        UsageSample sample;
        UsageRates rates;
    };
    Awaitable<Report> report();
    /// Without rates: one sample.
    Awaitable<UsageSample> sample();

private:
    Awaitable<UsageSample> measure();

    Runtime& runtime_;
    PodManager& pods_;
    const Clock& clock_;
    Mutex measuring_;
    std::optional<UsageSample> last_;
    std::optional<Report> reported_;
};

/// CPU time and memory of this host, from /proc.
[[nodiscard]] NodeSample read_node_sample();

}  // namespace picket::nodeagent
