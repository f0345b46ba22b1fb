#include "nodeagent/streams/usage_sampler.hpp"

#include "common/async/timing.hpp"
#include "nodeagent/node/host_facts.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fstream>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

bool is_between(
    const TimePoint& then,
    const TimePoint& now,
    std::chrono::seconds from,
    std::chrono::seconds to) {
    return now - then >= from && now - then <= to;
}

ContainerSample sample_of(const Pod& pod, const ContainerState& state) {
    ContainerSample sample;
    sample.namespace_name = pod.namespace_name;
    sample.pod = pod.name;
    sample.pod_uid = pod.uid;
    sample.container = state.label(label::kContainerName);
    sample.id = state.id;
    sample.name = state.name;
    sample.image = state.image;
    sample.started = state.started;
    return sample;
}

/// user, nice, system, idle, iowait, irq, softirq, steal: all but idle and iowait.
std::int64_t busy_nanoseconds() {
    std::ifstream file("/proc/stat");
    std::string word;
    file >> word;
    std::int64_t ticks = 0;
    std::int64_t number = 0;
    for (int column = 0; column < 8 && file >> number; ++column) {
        if (column != 3 && column != 4) ticks += number;
    }
    return ticks * (1'000'000'000 / sysconf(_SC_CLK_TCK));
}

}  // namespace

NodeSample read_node_sample() {
    const auto memory = read_memory_facts();
    return {busy_nanoseconds(), memory.total_bytes - memory.available_bytes, memory.total_bytes};
}

Awaitable<UsageSample> UsageSampler::measure() {
    UsageSample sample;
    // A pod may go while the engine is asked, so what is asked about is collected first.
    for (const auto* pod : pods_.pods()) {
        const auto* worker = pods_.find(pod->uid);
        if (worker == nullptr) continue;
        for (const auto& state : worker->running_containers())
            sample.containers.push_back(sample_of(*pod, state));
    }
    std::erase_if(sample.containers, [](const ContainerSample& one) { return one.id.empty(); });
    std::vector<ContainerSample> measured;
    for (auto& one : sample.containers) {
        auto usage = co_await runtime_.usage(one.id);
        if (usage) {
            one.usage = *usage;
            measured.push_back(std::move(one));
        } else if (usage.error().reason != Reason::NotFound) {
            ++sample.failed;
        }
    }
    sample.containers = std::move(measured);
    sample.at = clock_.now();
    sample.node = read_node_sample();
    co_return sample;
}

Awaitable<UsageSample> UsageSampler::sample() {
    const auto lock = co_await measuring_.lock();
    co_return co_await measure();
}

Awaitable<UsageSampler::Report> UsageSampler::report() {
    const auto lock = co_await measuring_.lock();
    const auto now = clock_.now();
    if (reported_ && is_between(reported_->sample.at, now, std::chrono::seconds{0}, kFresh))
        co_return *reported_;
    if (!last_ || !is_between(last_->at, now, kFresh, kStale)) {
        last_ = co_await measure();
        co_await sleep_for(kPause);
    }
    auto sample = co_await measure();
    auto rates = usage_rates(*last_, sample);
    last_ = sample;
    reported_ = Report{std::move(sample), std::move(rates)};
    co_return *reported_;
}

}  // namespace picket::nodeagent
