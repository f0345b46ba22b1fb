#include "nodeagent/pod/admission.hpp"

#include "nodeagent/pod/resources.hpp"
#include "nodeagent/pod/sysctls.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

struct PortClaim {
    std::uint16_t port;
    std::string protocol;
    std::string ip;
};

std::vector<PortClaim> claimed_ports(const Pod& pod) {
    std::vector<PortClaim> claims;
    for (const auto& container : pod.spec.containers) {
        for (const auto& port : container.ports) {
            const auto number =
                port.host_port == 0 && pod.spec.host_network ? port.container_port : port.host_port;
            if (number != 0) claims.push_back({number, port.protocol, port.host_ip});
        }
    }
    return claims;
}

bool is_any(const std::string& ip) {
    return ip.empty() || ip == "0.0.0.0" || ip == "::";
}

bool clash(const PortClaim& a, const PortClaim& b) {
    return a.port == b.port && a.protocol == b.protocol &&
           (is_any(a.ip) || is_any(b.ip) || a.ip == b.ip);
}

std::optional<StateReason> refuse_ports(const Pod& pod, const std::vector<const Pod*>& others) {
    for (const auto& claim : claimed_ports(pod)) {
        for (const auto* other : others) {
            for (const auto& taken : claimed_ports(*other)) {
                if (!clash(claim, taken)) continue;
                return StateReason{
                    "NodePorts",
                    fmt::format(
                        "Pod was rejected: host port {}/{} is used by pod {}",
                        claim.port,
                        claim.protocol,
                        other->key())};
            }
        }
    }
    return std::nullopt;
}

std::optional<StateReason> refuse_amount(
    const Pod& pod,
    const std::vector<const Pod*>& others,
    const NodeContext& node,
    std::string_view resource) {
    const auto wanted = pod_request(pod, resource);
    const auto allocatable = node.allocatable.find(resource);
    if (wanted.is_zero() || allocatable == node.allocatable.end()) return std::nullopt;
    Quantity used;
    for (const auto* other : others) used += pod_request(*other, resource);
    if (used + wanted <= allocatable->second) return std::nullopt;
    const bool cpu = resource == "cpu";
    const auto number = [&](const Quantity& amount) {
        return cpu ? amount.milli_value() : amount.value();
    };
    return StateReason{
        fmt::format("OutOf{}", resource),
        fmt::format(
            "Pod was rejected: Node didn't have enough resource: {}, requested: {}, used: {}, "
            "capacity: {}",
            resource,
            number(wanted),
            number(used),
            number(allocatable->second))};
}

std::optional<StateReason> refuse_count(
    const std::vector<const Pod*>& others, const NodeContext& node) {
    const auto allocatable = node.allocatable.find("pods");
    if (allocatable == node.allocatable.end()) return std::nullopt;
    const auto limit = allocatable->second.value();
    if (static_cast<std::int64_t>(others.size()) < limit) return std::nullopt;
    return StateReason{
        "OutOfpods",
        fmt::format(
            "Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: {}, "
            "capacity: {}",
            others.size(),
            limit)};
}

/// Resources of vendors ("nvidia.com/gpu") need a plugin that a plain host does not have.
std::optional<StateReason> refuse_devices(const Pod& pod, const NodeContext& node) {
    for (const auto* list : {&pod.spec.init_containers, &pod.spec.containers}) {
        for (const auto& container : *list) {
            for (const auto& [name, amount] : container.limits) {
                const bool vendor = name.find('/') != std::string::npos;
                if (!vendor || amount.is_zero() || node.allocatable.contains(name)) continue;
                return StateReason{
                    "OutOf" + name,
                    fmt::format(
                        "Pod was rejected: Node didn't have enough resource: {}, requested: {}, "
                        "used: 0, capacity: 0",
                        name,
                        amount.value())};
            }
        }
    }
    return std::nullopt;
}

std::optional<StateReason> refuse_system(const Pod& pod) {
    const auto& system = pod.spec.operating_system;
    if (system.empty() || system == "linux") return std::nullopt;
    return StateReason{
        "PodOSNotSupported",
        fmt::format("Failed to admit pod as the OS field doesn't match node OS: {}", system)};
}

}  // namespace

std::optional<StateReason> refuse_pod(
    const Pod& pod, const std::vector<const Pod*>& others, const NodeContext& node) {
    if (auto refused = refuse_system(pod)) return refused;
    if (auto refused = refuse_sysctls(pod, node.allowed_sysctls)) return refused;
    if (auto refused = refuse_devices(pod, node)) return refused;
    if (auto refused = refuse_count(others, node)) return refused;
    if (auto refused = refuse_amount(pod, others, node, "cpu")) return refused;
    if (auto refused = refuse_amount(pod, others, node, "memory")) return refused;
    return refuse_ports(pod, others);
}

}  // namespace picket::nodeagent
