#include "nodeagent/pod/pod_annotations.hpp"

#include "common/api/pod.hpp"

#include <nlohmann/json.hpp>

namespace picket::nodeagent {
namespace {

constexpr std::string_view kPodSeccomp = "seccomp.security.alpha.kubernetes.io/pod";
constexpr std::string_view kContainerSeccomp = "container.seccomp.security.alpha.kubernetes.io/";
constexpr std::string_view kContainerAppArmor = "container.apparmor.security.beta.kubernetes.io/";
constexpr std::string_view kInitContainers[] = {
    "pod.beta.kubernetes.io/init-containers", "pod.alpha.kubernetes.io/init-containers"};

/// "runtime/default", "docker/default", "unconfined" or "localhost/NAME".
std::optional<SecurityProfile> parse_profile_text(std::string_view text) {
    constexpr std::string_view kLocal = "localhost/";
    if (text == "unconfined") return SecurityProfile{"Unconfined", {}};
    if (text == "runtime/default" || text == "docker/default")
        return SecurityProfile{"RuntimeDefault", {}};
    if (!text.starts_with(kLocal)) return std::nullopt;
    return SecurityProfile{"Localhost", std::string(text.substr(kLocal.size()))};
}

std::optional<SecurityProfile> annotated_profile(const Pod& pod, const std::string& key) {
    const auto found = pod.annotations.find(key);
    return found == pod.annotations.end() ? std::nullopt : parse_profile_text(found->second);
}

void apply_to_container(const Pod& pod, Container& container) {
    auto& security = container.security;
    if (!security.seccomp)
        security.seccomp = annotated_profile(pod, std::string(kContainerSeccomp) + container.name);
    if (!security.app_armor) {
        security.app_armor =
            annotated_profile(pod, std::string(kContainerAppArmor) + container.name);
    }
}

void apply_init_containers(Pod& pod) {
    for (const auto key : kInitContainers) {
        const auto found = pod.annotations.find(key);
        if (found == pod.annotations.end() || !pod.spec.init_containers.empty()) continue;
        const auto list = Json::parse(found->second, nullptr, false);
        if (!list.is_array()) continue;
        for (const auto& entry : list)
            pod.spec.init_containers.push_back(parse_container_spec(entry));
    }
}

}  // namespace

void apply_annotations(Pod& pod) {
    apply_init_containers(pod);
    const auto handler = pod.annotations.find(kRuntimeHandlerAnnotation);
    if (!pod.spec.runtime_class.empty() && handler != pod.annotations.end())
        pod.spec.runtime_class = handler->second;
    auto& security = pod.spec.security;
    if (!security.seccomp) security.seccomp = annotated_profile(pod, std::string(kPodSeccomp));
    for (auto* list : {&pod.spec.init_containers, &pod.spec.containers}) {
        for (auto& container : *list) apply_to_container(pod, container);
    }
}

}  // namespace picket::nodeagent
