#pragma once
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace picket::nodeagent {

/// As on Kubernetes, so that tools tell such pods apart.
inline constexpr const char* kConfigSourceAnnotation = "kubernetes.io/config.source";
inline constexpr const char* kConfigHashAnnotation = "kubernetes.io/config.hash";
inline constexpr const char* kConfigMirrorAnnotation = "kubernetes.io/config.mirror";

/// The pods of one manifest file, and what is wrong with it.
struct ManifestPods {
    std::vector<Json> pods;
    std::vector<std::string> problems;  ///< one line each, without the file's name
};

/// Pods and PodLists of a YAML or JSON text, made complete for this node: defaults of the schema,
/// `-<node>` behind the name, spec.nodeName, and a uid that comes from what is written. The same
/// text has the same uid in every life of the agent, so running containers are taken over; a
/// changed text is another pod. What needs the API (ConfigMaps, Secrets) is refused. Pure.
[[nodiscard]] ManifestPods read_manifest(std::string_view text, const std::string& node);

/// What stands for a static pod in the API.
[[nodiscard]] Json make_mirror(const Json& static_pod);
/// Whether an object of the API is such a stand-in.
[[nodiscard]] bool is_mirror(const Json& object);

}  // namespace picket::nodeagent
