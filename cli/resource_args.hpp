#pragma once
#include "common/api/resource.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/client/api_client.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace picket::cli {

/// One object, or with an empty name a whole collection, as named on the command line.
struct ResourceArg {
    const Resource* resource;
    std::string group_version;
    std::string name = {};
};

/// "ds", "ds,pods", "ds web logs", "ds/web node/n1", "all". Throws UsageError where the words
/// contradict each other; an unknown type is an error that names the known ones.
[[nodiscard]] Result<std::vector<ResourceArg>> parse_resource_args(
    const std::vector<std::string>& words);
/// One word that names a type: "ds", "daemonsets.v1beta1.extensions".
[[nodiscard]] Result<ResourceArg> parse_resource_type(std::string_view word);

/// Where an argument is on the server. `namespace_name` empty: all namespaces.
[[nodiscard]] client::Target target_of(
    const ResourceArg& argument, const std::string& namespace_name);
/// Where an object is that has apiVersion, kind and metadata; NotFound if its kind is not known
/// here.
[[nodiscard]] Result<client::Target> target_of_object(
    const Json& object, const std::string& default_namespace);

/// "daemonset.apps/web", "pod/logs-x2": how results and -o name show an object.
[[nodiscard]] std::string display_name(const Resource& resource, std::string_view name);
[[nodiscard]] std::string display_name_of(const Json& object);

}  // namespace picket::cli
