#pragma once
#include "common/base/result.hpp"
#include "nodeagent/pod/node_context.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/pod/referenced_objects.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket::nodeagent {

using Environment = std::vector<std::pair<std::string, std::string>>;
using VariableLookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Expands $(NAME); $$(NAME) gives the literal $(NAME), and an unknown name stays as it is.
[[nodiscard]] std::string expand_variables(std::string_view text, const VariableLookup& lookup);
[[nodiscard]] VariableLookup lookup_in(const Environment& environment);

/// The value of a downward-API path such as "metadata.labels['app']"; nothing for a path that does
/// not exist.
[[nodiscard]] std::optional<std::string> pod_field(
    const Pod& pod, const NodeContext& node, const std::string& pod_ip, std::string_view path);
/// "limits.cpu" of a container divided by `divisor`, rounded up. Without a limit: what the node can
/// allocate.
[[nodiscard]] std::string container_resource(
    const Container& container,
    const NodeContext& node,
    std::string_view path,
    const Quantity& divisor);

struct EnvironmentResult {
    Environment variables;
    /// Keys of envFrom that are no variable names: skipped.
    std::vector<std::string> skipped_keys;
};
/// The text of a file in a volume of the pod; nothing if it is not there.
using EnvFileReader = std::function<Result<std::optional<std::string>>(
    const std::string& volume, const std::string& path)>;
/// The environment of a container: envFrom in order, then env in order. Invalid when an object or
/// key is missing that is not optional: the container waits with CreateContainerConfigError.
[[nodiscard]] Result<EnvironmentResult> build_environment(
    const Pod& pod,
    const Container& container,
    const NodeContext& node,
    const std::string& pod_ip,
    const ReferencedObjects& objects,
    const EnvFileReader& read_file = {});

}  // namespace picket::nodeagent
