#pragma once
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/pod_tokens.hpp"

#include <map>
#include <set>
#include <string>

namespace picket::nodeagent {

/// A ConfigMap's data and binaryData, or a Secret's data, decoded.
using ObjectData = std::map<std::string, std::string>;

/// What a pod refers to in its own namespace.
struct ReferencedNames {
    std::set<std::string> config_maps;
    std::set<std::string> secrets;

    bool operator==(const ReferencedNames&) const = default;
};
[[nodiscard]] ReferencedNames referenced_names(const Pod& pod);

struct ReferencedObjects;
/// What a change must be noticed of: what is shown as files, and what is not there yet. A variable
/// never changes in a container that runs.
[[nodiscard]] ReferencedNames followed_names(const Pod& pod, const ReferencedObjects& objects);

/// The objects themselves; one that does not exist is not in the map.
struct ReferencedObjects {
    std::map<std::string, ObjectData> config_maps;
    std::map<std::string, ObjectData> secrets;
    ServiceTokens tokens = {};

    [[nodiscard]] const ObjectData* find(bool secret, const std::string& name) const {
        const auto& objects = secret ? secrets : config_maps;
        const auto found = objects.find(name);
        return found == objects.end() ? nullptr : &found->second;
    }
};

/// Values of `data` are text in a ConfigMap and base64 in a Secret; `binaryData` is base64.
[[nodiscard]] ObjectData parse_object_data(const Json& object, bool secret);

}  // namespace picket::nodeagent
