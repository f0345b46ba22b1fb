#include "nodeagent/pod/pod_api_address.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr const char* kServiceName = "kubernetes.default.svc";
constexpr const char* kServiceAliases[] = {
    kServiceName, "kubernetes", "kubernetes.default", "kubernetes.default.svc.cluster.local"};

bool on_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

bool has_token(const Pod& pod) {
    const auto is_token = [](const FileSource& source) {
        return source.kind == FileSource::Kind::ServiceAccountToken;
    };
    return std::ranges::any_of(pod.spec.volumes, [&](const Volume& volume) {
        return std::ranges::any_of(volume.sources, is_token);
    });
}

}  // namespace

bool needs_relay(const Pod& pod, const NodeContext& node) {
    return on_loopback(node.api_host) && !pod.spec.host_network && has_token(pod);
}

std::optional<ApiAddress> api_address(const Pod& pod, const NodeContext& node) {
    if (node.api_host.empty()) return std::nullopt;
    if (!on_loopback(node.api_host) || pod.spec.host_network)
        return ApiAddress{node.api_host, node.api_port};
    if (!needs_relay(pod, node) || node.relay_address.empty()) return std::nullopt;
    return ApiAddress{kServiceName, node.relay_port};
}

std::vector<std::string> api_host_entries(const Pod& pod, const NodeContext& node) {
    std::vector<std::string> entries;
    if (!needs_relay(pod, node) || node.relay_address.empty()) return entries;
    for (const std::string name : kServiceAliases)
        entries.push_back(name + ":" + node.relay_address);
    return entries;
}

}  // namespace picket::nodeagent
