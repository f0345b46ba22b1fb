#include "common/api/pod_resources.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket {
namespace {

using json_read::member;

constexpr std::array<std::string_view, 2> kQosResources = {"cpu", "memory"};

void add(ResourceList& sum, const ResourceList& more) {
    for (const auto& [name, amount] : more) sum[name] += amount;
}

void raise(ResourceList& peak, const ResourceList& other) {
    for (const auto& [name, amount] : other) {
        auto& highest = peak[name];
        highest = std::max(highest, amount);
    }
}

Quantity amount_of(const ResourceList& list, std::string_view name) {
    const auto found = list.find(name);
    return found == list.end() ? Quantity() : found->second;
}

/// What one container says about the class of its pod.
struct QosPart {
    bool guaranteed = true;
    bool best_effort = true;
};

QosPart qos_of(const Json& container) {
    const auto requests = container_resources(container, "requests");
    const auto limits = container_resources(container, "limits");
    QosPart part;
    for (const auto name : kQosResources) {
        const auto limit = amount_of(limits, name);
        const auto request = requests.contains(name) ? amount_of(requests, name) : limit;
        part.best_effort &= limit.is_zero() && request.is_zero();
        part.guaranteed &= !limit.is_zero() && request == limit;
    }
    return part;
}

}  // namespace

bool is_sidecar(const Json& init_container) {
    return json_read::text(init_container, "restartPolicy") == "Always";
}

ResourceList container_resources(const Json& container, const char* which) {
    ResourceList list;
    const auto& amounts = member(member(container, "resources"), which);
    if (!amounts.is_object()) return list;
    for (const auto& [name, value] : amounts.items()) {
        if (const auto amount = Quantity::from_json(value)) list.emplace(name, *amount);
    }
    return list;
}

ResourceList effective_requests(const Json& pod_spec) {
    ResourceList running;  // restartable init containers stay beside what comes after them
    ResourceList peak;
    for (const auto& container : member(pod_spec, "initContainers")) {
        const auto requests = container_resources(container, "requests");
        auto meanwhile = running;
        add(meanwhile, requests);
        raise(peak, meanwhile);
        if (is_sidecar(container)) running = meanwhile;
    }
    for (const auto& container : member(pod_spec, "containers")) {
        add(running, container_resources(container, "requests"));
    }
    raise(peak, running);
    return peak;
}

std::string_view qos_class(const Json& pod_spec) {
    QosPart whole;
    for (const auto* list : {"containers", "initContainers"}) {
        for (const auto& container : member(pod_spec, list)) {
            const auto part = qos_of(container);
            whole.guaranteed &= part.guaranteed;
            whole.best_effort &= part.best_effort;
        }
    }
    if (whole.best_effort) return "BestEffort";
    return whole.guaranteed ? "Guaranteed" : "Burstable";
}

}  // namespace picket
