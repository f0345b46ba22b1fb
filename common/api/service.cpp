#include "common/api/service.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket {
namespace {

ServicePort parse_service_port(const Json& port) {
    ServicePort result{
        json_read::text(port, "name"),
        json_read::text(port, "protocol"),
        json_read::text(port, "appProtocol"),
        json_read::integer(port, "port"),
        {}};
    const auto& target = json_read::member(port, "targetPort");
    if (target.is_string()) {
        result.target = target.get<std::string>();
    } else {
        result.target = json_read::integer(port, "targetPort", result.number);
    }
    return result;
}

}  // namespace

Service Service::parse(const Json& object) {
    const auto& spec = json_read::member(object, "spec");
    Service service;
    service.meta = ObjectMeta::parse(json_read::member(object, "metadata"));
    service.selector = json_read::string_map(spec, "selector");
    service.ports = json_read::list<ServicePort>(spec, "ports", parse_service_port);
    service.external_name = json_read::text(spec, "type") == "ExternalName";
    service.publish_not_ready = json_read::boolean(spec, "publishNotReadyAddresses");
    return service;
}

bool Service::selects(const Labels& labels) const {
    if (selector.empty() || external_name) return false;
    return std::ranges::all_of(selector, [&](const auto& wanted) {
        const auto found = labels.find(wanted.first);
        return found != labels.end() && found->second == wanted.second;
    });
}

}  // namespace picket
