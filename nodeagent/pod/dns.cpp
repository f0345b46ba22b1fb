#include "nodeagent/pod/dns.hpp"

#include <algorithm>

namespace picket::nodeagent {
namespace {

std::vector<std::string> joined(
    std::vector<std::string> first, const std::vector<std::string>& second) {
    for (const auto& text : second) {
        if (std::ranges::find(first, text) == first.end()) first.push_back(text);
    }
    return first;
}

/// An option replaces another of the same name: "ndots:5" and "ndots:2".
std::vector<std::string> merged_options(
    std::vector<std::string> options, const std::vector<std::string>& own) {
    const auto name = [](const std::string& option) { return option.substr(0, option.find(':')); };
    for (const auto& option : own) {
        std::erase_if(
            options, [&](const std::string& other) { return name(other) == name(option); });
        options.push_back(option);
    }
    return options;
}

bool asks_cluster(const Pod& pod, const NodeContext& node) {
    if (node.cluster_dns.empty()) return false;
    const auto& policy = pod.spec.dns_policy;
    const bool first = policy.empty() || policy == "ClusterFirst";
    return (first && !pod.spec.host_network) || policy == "ClusterFirstWithHostNet";
}

DnsSettings cluster_settings(const Pod& pod, const NodeContext& node) {
    const auto service = "svc." + node.cluster_domain;
    return {
        node.cluster_dns,
        joined(
            {pod.namespace_name + "." + service, service, node.cluster_domain}, node.dns_searches),
        {"ndots:5"}};
}

}  // namespace

DnsSettings dns_settings(const Pod& pod, const NodeContext& node) {
    const auto& config = pod.spec.dns_config;
    if (pod.spec.dns_policy == "None") {
        // A single dot means "no search list"; nothing at all would mean the host's.
        const auto searches =
            config.searches.empty() ? std::vector<std::string>{"."} : config.searches;
        return {config.nameservers, searches, config.options};
    }
    const bool cluster = asks_cluster(pod, node);
    const bool nothing =
        config.nameservers.empty() && config.searches.empty() && config.options.empty();
    if (!cluster && nothing) return {};
    const auto base = cluster ? cluster_settings(pod, node)
                              : DnsSettings{node.dns_servers, node.dns_searches, node.dns_options};
    return {
        joined(base.servers, config.nameservers),
        joined(base.searches, config.searches),
        merged_options(base.options, config.options)};
}

}  // namespace picket::nodeagent
