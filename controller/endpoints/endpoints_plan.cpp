#include "controller/endpoints/endpoints_plan.hpp"

#include "controller/endpoints/service_addresses.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace picket::controller {
namespace {

/// Addresses that share their ports. Sorted by IP, so that the same pods give the same object.
struct Subset {
    Json ports;
    std::map<std::string, Json> ready;
    std::map<std::string, Json> not_ready;
};

Json address_of(const Pod& pod) {
    Json address = {{"ip", pod.ip}, {"targetRef", pod_reference(pod)}};
    if (!pod.node_name.empty()) address["nodeName"] = pod.node_name;
    return address;
}

Json list_of(const std::map<std::string, Json>& addresses) {
    Json list = Json::array();
    for (const auto& [ip, address] : addresses) list.push_back(address);
    return list;
}

Json subset_document(const Subset& subset) {
    Json document = Json::object();
    if (!subset.ready.empty()) document["addresses"] = list_of(subset.ready);
    if (!subset.not_ready.empty()) document["notReadyAddresses"] = list_of(subset.not_ready);
    if (!subset.ports.empty()) document["ports"] = subset.ports;
    return document;
}

}  // namespace

Json plan_endpoints(const Service& service, const ServicePods& pods) {
    std::map<std::string, Subset> subsets;
    std::size_t count = 0;
    for (const auto& pod : pods) {
        if (!has_address(*pod) || pod->meta.deleting()) continue;
        if (++count > kMaxAddresses) break;
        auto ports = ports_on(service, *pod);
        auto& subset = subsets[ports.dump()];
        subset.ports = std::move(ports);
        // Two pods on a host's network share its address: the pod is part of what sorts them.
        auto& list = counts_as_ready(service, *pod) ? subset.ready : subset.not_ready;
        list[pod->ip + "/" + pod->meta.name] = address_of(*pod);
    }
    Json endpoints = {
        {"apiVersion", "v1"}, {"kind", "Endpoints"}, {"metadata", metadata_for(service)}};
    endpoints["subsets"] = Json::array();
    for (const auto& [ports, subset] : subsets) {
        endpoints["subsets"].push_back(subset_document(subset));
    }
    if (count > kMaxAddresses) {
        endpoints["metadata"]["annotations"]["endpoints.kubernetes.io/over-capacity"] = "truncated";
    }
    return endpoints;
}

bool same_endpoints(const Json& present, const Json& wanted) {
    const auto& metadata = present.at("metadata");
    return present.value("subsets", Json::array()) == wanted.at("subsets") &&
           metadata.value("labels", Json::object()) == wanted.at("metadata").at("labels") &&
           metadata.value("ownerReferences", Json::array()) ==
               wanted.at("metadata").at("ownerReferences");
}

}  // namespace picket::controller
