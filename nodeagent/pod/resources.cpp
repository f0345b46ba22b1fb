#include "nodeagent/pod/resources.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr std::string_view kCpu = "cpu";
constexpr std::string_view kMemory = "memory";
constexpr std::int64_t kMinCpuShares = 2;
constexpr std::int64_t kMaxCpuShares = 262'144;
constexpr std::int64_t kMinCpuQuota = 1'000;
constexpr int kGuaranteedOomScore = -997;
constexpr int kBestEffortOomScore = 1000;

std::vector<const Container*> all_containers(const Pod& pod) {
    std::vector<const Container*> all;
    for (const auto& container : pod.spec.init_containers) all.push_back(&container);
    for (const auto& container : pod.spec.containers) all.push_back(&container);
    return all;
}

bool has_any(const ResourceList& list) {
    const auto positive = [&](std::string_view name) {
        const auto found = list.find(name);
        return found != list.end() && !found->second.is_zero();
    };
    return positive(kCpu) || positive(kMemory);
}

bool request_is_limit(const Container& container, std::string_view resource) {
    const auto limit = container.limits.find(resource);
    return limit != container.limits.end() && !limit->second.is_zero() &&
           container.requested(resource) == limit->second;
}

bool is_guaranteed(const Container& container) {
    return request_is_limit(container, kCpu) && request_is_limit(container, kMemory);
}

std::int64_t cpu_shares(const Container& container) {
    const auto request = container.requested(kCpu);
    const auto shares = request ? request->milli_value() * 1024 / 1000 : 0;
    return std::clamp(shares, kMinCpuShares, kMaxCpuShares);
}

std::int64_t cpu_quota(const Container& container) {
    const auto limit = container.limits.find(kCpu);
    if (limit == container.limits.end() || limit->second.is_zero()) return 0;
    return std::max(limit->second.milli_value() * 100, kMinCpuQuota);
}

std::int64_t memory_limit(const Container& container) {
    const auto limit = container.limits.find(kMemory);
    return limit == container.limits.end() ? 0 : limit->second.value();
}

int burstable_oom_score(const Container& container, std::int64_t node_memory_bytes) {
    const auto request = container.requested(kMemory);
    if (!request || node_memory_bytes <= 0) return kBestEffortOomScore - 1;
    const auto share =
        static_cast<double>(request->value()) / static_cast<double>(node_memory_bytes);
    const auto score = kBestEffortOomScore - static_cast<int>(share * kBestEffortOomScore);
    return std::clamp(score, kBestEffortOomScore + kGuaranteedOomScore, kBestEffortOomScore - 1);
}

int oom_score(const Pod& pod, const Container& container, std::int64_t node_memory_bytes) {
    if (pod.spec.priority_class == "system-node-critical") return kGuaranteedOomScore;
    switch (qos_class(pod)) {
        case QosClass::Guaranteed:
            return kGuaranteedOomScore;
        case QosClass::BestEffort:
            return kBestEffortOomScore;
        case QosClass::Burstable:
            break;
    }
    return burstable_oom_score(container, node_memory_bytes);
}

}  // namespace

QosClass qos_class(const Pod& pod) {
    const auto containers = all_containers(pod);
    const auto any = [](const Container* c) { return has_any(c->requests) || has_any(c->limits); };
    if (std::none_of(containers.begin(), containers.end(), any)) return QosClass::BestEffort;
    const auto full = [](const Container* c) { return is_guaranteed(*c); };
    return std::all_of(containers.begin(), containers.end(), full) ? QosClass::Guaranteed
                                                                   : QosClass::Burstable;
}

std::string_view qos_name(QosClass qos) {
    switch (qos) {
        case QosClass::Guaranteed:
            return "Guaranteed";
        case QosClass::Burstable:
            return "Burstable";
        case QosClass::BestEffort:
            break;
    }
    return "BestEffort";
}

ContainerResources engine_resources(
    const Pod& pod, const Container& container, std::int64_t node_memory_bytes) {
    return {
        .cpu_shares = cpu_shares(container),
        .cpu_quota = cpu_quota(container),
        .memory_bytes = memory_limit(container),
        .oom_score_adj = oom_score(pod, container, node_memory_bytes),
    };
}

Quantity pod_request(const Pod& pod, std::string_view resource) {
    Quantity sidecars;
    Quantity starting;
    for (const auto& init : pod.spec.init_containers) {
        const auto own = init.requested(resource).value_or(Quantity());
        starting = std::max(starting, sidecars + own);
        if (init.restart_always) sidecars += own;
    }
    auto running = sidecars;
    for (const auto& container : pod.spec.containers)
        running += container.requested(resource).value_or(Quantity());
    return std::max(starting, running);
}

}  // namespace picket::nodeagent
