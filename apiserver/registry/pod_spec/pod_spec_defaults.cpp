#include "apiserver/registry/pod_spec/pod_spec.hpp"
#include "common/api/quantity.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace picket::registry {
namespace {

/// An image without a tag, or with "latest", may change under its name; a digest never does.
std::string_view pull_policy_for(std::string_view image) {
    if (image.find('@') != std::string_view::npos) return "IfNotPresent";
    const auto name = image.substr(image.rfind('/') + 1);
    const auto colon = name.find(':');
    if (colon == std::string_view::npos || name.substr(colon + 1) == "latest") return "Always";
    return "IfNotPresent";
}

void make_canonical(Json& amounts) {
    if (!amounts.is_object()) return;
    for (auto& amount : amounts) {
        if (const auto quantity = Quantity::from_json(amount)) amount = quantity->to_string();
    }
}

void default_resources(Json& container, PodSpecUse use) {
    auto& resources = object_in(container, "resources");
    for (const auto* which : {"limits", "requests"}) {
        if (has(resources, which)) make_canonical(resources[which]);
    }
    if (use == PodSpecUse::Template || !has(resources, "limits")) return;
    auto requests = resources["limits"];
    requests.update(object_in(resources, "requests"));
    resources["requests"] = std::move(requests);
}

/// A container in the host's network takes the host's port whether it says so or not.
void default_host_ports(Json& container) {
    if (!has(container, "ports")) return;
    for (auto& port : container["ports"]) {
        if (json_read::integer(port, "hostPort") == 0)
            restore(port, Json{{"hostPort", member(port, "containerPort")}}, "hostPort");
    }
}

void default_container(Json& container, PodSpecUse use, bool host_network) {
    if (json_read::text(container, "imagePullPolicy").empty()) {
        container["imagePullPolicy"] = pull_policy_for(json_read::text(container, "image"));
    }
    default_resources(container, use);
    if (host_network && use == PodSpecUse::Pod) default_host_ports(container);
}

/// A volume that names no source is an empty directory.
void default_volumes(Json& spec) {
    if (!has(spec, "volumes")) return;
    for (auto& volume : spec["volumes"]) {
        if (volume.size() == volume.count("name")) volume["emptyDir"] = Json::object();
    }
}

/// `serviceAccount` is the old name of `serviceAccountName`; both are always shown, the new one
/// wins.
void default_service_account(Json& spec) {
    for (const auto* key : {"serviceAccountName", "serviceAccount"}) {
        const auto name = json_read::text(spec, key);
        if (name.empty()) continue;
        spec["serviceAccountName"] = name;
        spec["serviceAccount"] = name;
        return;
    }
}

}  // namespace

void default_pod_spec(Json& spec, PodSpecUse use) {
    if (!spec.is_object()) return;
    const bool host_network = json_read::boolean(spec, "hostNetwork");
    for (const auto* list : {"containers", "initContainers"}) {
        if (!has(spec, list)) continue;
        for (auto& container : spec[list]) default_container(container, use, host_network);
    }
    default_volumes(spec);
    default_service_account(spec);
    if (use == PodSpecUse::Pod && !has(spec, "enableServiceLinks"))
        spec["enableServiceLinks"] = true;
}

}  // namespace picket::registry
