#pragma once
/// What this host and its containers use, and how it looks to those who ask. Pure.
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "nodeagent/runtime/command_stream.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace picket::nodeagent {

struct ContainerSample {
    std::string namespace_name;
    std::string pod;
    std::string pod_uid;
    std::string container;
    std::string id;
    std::string name;  ///< the engine's
    std::string image;
    std::optional<TimePoint> started = {};
    ContainerUsage usage = {};
};

struct NodeSample {
    std::int64_t cpu_nanoseconds = 0;
    std::int64_t memory_bytes = 0;  ///< in use, page cache not counted
    std::int64_t memory_total_bytes = 0;
};

struct UsageSample {
    TimePoint at{};
    NodeSample node = {};
    std::vector<ContainerSample> containers = {};
    std::size_t failed = 0;  ///< containers that could not be asked
};

/// A rate of CPU needs two samples. These are what is reported between them: a container that is in
/// both, or that started in between.
struct UsageRates {
    std::chrono::milliseconds window{0};
    std::int64_t node_nanocores = 0;
    std::vector<std::optional<std::int64_t>> nanocores = {};  ///< by index in the later sample
};
[[nodiscard]] UsageRates usage_rates(const UsageSample& before, const UsageSample& now);

/// The page /stats/summary, in the kubelet's shape.
[[nodiscard]] Json usage_summary(
    const std::string& node, const UsageSample& sample, const UsageRates& rates);

/// The page /metrics/resource: what autoscalers and dashboards need, as the kubelet names it.
[[nodiscard]] std::string resource_metrics(const UsageSample& sample);
/// The page /metrics/cadvisor: the same containers in cAdvisor's names, with more detail.
[[nodiscard]] std::string container_metrics(const UsageSample& sample);

}  // namespace picket::nodeagent
