#include "controller/endpoints/service_addresses.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::controller {
namespace {

std::optional<std::int64_t> number_on(const ServicePort& port, const Pod& pod) {
    if (const auto* number = std::get_if<std::int64_t>(&port.target)) return *number;
    const auto& name = std::get<std::string>(port.target);
    const auto found = std::ranges::find_if(pod.ports, [&](const NamedPort& candidate) {
        return candidate.name == name && candidate.protocol == port.protocol;
    });
    if (found == pod.ports.end()) return std::nullopt;
    return found->number;
}

}  // namespace

WholeObject WholeObject::parse(const Json& object) {
    return {ObjectMeta::parse(object.value("metadata", Json::object())), object};
}

bool has_address(const Pod& pod) {
    return !pod.ip.empty() && !pod.finished();
}

Json ports_on(const Service& service, const Pod& pod) {
    Json ports = Json::array();
    for (const auto& port : service.ports) {
        const auto number = number_on(port, pod);
        if (!number) continue;
        Json shown = {{"port", *number}, {"protocol", port.protocol}};
        if (!port.name.empty()) shown["name"] = port.name;
        if (!port.app_protocol.empty()) shown["appProtocol"] = port.app_protocol;
        ports.push_back(std::move(shown));
    }
    return ports;
}

Json pod_reference(const Pod& pod) {
    return {
        {"kind", "Pod"},
        {"namespace", pod.meta.namespace_name},
        {"name", pod.meta.name},
        {"uid", pod.meta.uid}};
}

bool counts_as_ready(const Service& service, const Pod& pod) {
    return service.publish_not_ready || (pod.ready && !pod.meta.deleting());
}

Json metadata_for(const Service& service) {
    const OwnerReference owner{
        .api_version = "v1",
        .kind = "Service",
        .name = service.meta.name,
        .uid = service.meta.uid,
        .controller = true,
        .block_owner_deletion = true};
    return {
        {"name", service.meta.name},
        {"namespace", service.meta.namespace_name},
        {"labels", service.meta.labels},
        {"ownerReferences", Json::array({to_json(owner)})}};
}

}  // namespace picket::controller
