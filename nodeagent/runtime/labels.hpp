#pragma once
#include "nodeagent/runtime/container_state.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// What every container carries, so that the agent rebuilds its view from the engine alone. The
/// io.kubernetes.* names are those that cAdvisor, filebeat and others read. Engine labels never
/// change, so they hold constants only.
namespace label {
inline constexpr std::string_view kPodName = "io.kubernetes.pod.name";
inline constexpr std::string_view kPodNamespace = "io.kubernetes.pod.namespace";
inline constexpr std::string_view kPodUid = "io.kubernetes.pod.uid";
inline constexpr std::string_view kContainerName = "io.kubernetes.container.name";
inline constexpr std::string_view kNode = "picket.dev/node";
inline constexpr std::string_view kRestartCount = "picket.dev/restart-count";
inline constexpr std::string_view kSpecHash = "picket.dev/spec-hash";
inline constexpr std::string_view kGraceSeconds = "picket.dev/termination-grace-seconds";
inline constexpr std::string_view kBoot = "picket.dev/boot";
}  // namespace label

/// The container name of a sandbox; no container of a pod can have it, because theirs are lower
/// case.
inline constexpr std::string_view kSandboxName = "POD";

struct ContainerIdentity {
    std::string node;
    std::string pod_name;
    std::string pod_namespace;
    std::string pod_uid;
    std::string container;  ///< kSandboxName for the sandbox
    int attempt = 0;
    std::string spec_hash = {};
    std::int64_t grace_seconds = 30;
    std::string boot = {};  ///< of the host, at which it was made
};

/// "k8s_<container>_<pod>_<namespace>_<uid>_<attempt>"
[[nodiscard]] std::string engine_name(const ContainerIdentity& identity);
[[nodiscard]] ContainerLabels to_labels(const ContainerIdentity& identity);
[[nodiscard]] ContainerIdentity identity_of(const ContainerState& container);

/// Changes when the container must be made anew. Of all fields of a running pod only a container's
/// image can change, so the hash holds just name and image: one over the whole spec would restart
/// every daemon when a newer agent or server knows one more default.
[[nodiscard]] std::string spec_hash(std::string_view container, std::string_view image);

}  // namespace picket::nodeagent
