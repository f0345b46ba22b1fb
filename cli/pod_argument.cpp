#include "cli/pod_argument.hpp"

#include "cli/json_path.hpp"
#include "cli/resource_args.hpp"
#include "cli/selectors.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace picket::cli {
namespace {

Result<ResourceArg> parse_what(const std::string& what) {
    if (what.find('/') == std::string::npos)
        return ResourceArg{find_resource("v1", "pods"), "v1", what};
    auto arguments = parse_resource_args({what});
    if (!arguments) return arguments.error();
    return arguments->front();
}

Result<Json> pod_of_set(Session& session, const ResourceArg& set) {
    auto object = session.get(target_of(set, session.namespace_name()));
    if (!object) return object.error();
    auto pods = session.get(
        {.group_version = "v1", .plural = "pods", .namespace_name = session.namespace_name()},
        {.query = {{"labelSelector", selector_text(at_path(*object, "/spec/selector"))}}});
    if (!pods) return pods.error();
    const Json& items = list_at(*pods, "/items");
    if (items.empty())
        return not_found_error("pods", "of " + display_name(*set.resource, set.name));
    const auto running = std::find_if(items.begin(), items.end(), [](const Json& pod) {
        return string_at(pod, "/status/phase") == "Running";
    });
    const Json& chosen = running == items.end() ? items.front() : *running;
    if (items.size() > 1)
        fmt::print(
            stderr,
            "Found {} pods, using pod/{}\n",
            items.size(),
            string_at(chosen, "/metadata/name"));
    return chosen;
}

}  // namespace

Result<Json> find_pod(Session& session, const std::string& what) {
    const auto argument = parse_what(what);
    if (!argument) return argument.error();
    if (argument->resource->plural == "pods")
        return session.get(target_of(*argument, session.namespace_name()));
    if (argument->resource->plural == "daemonsets") return pod_of_set(session, *argument);
    throw UsageError(
        fmt::format("{} have no containers; name a pod or ds/NAME", argument->resource->plural));
}

std::string choose_container(const std::string& named, const Json& pod) {
    if (!named.empty()) return named;
    const Json& containers = list_at(pod, "/spec/containers");
    if (containers.empty()) return "";
    const Json& annotations = at_path(pod, "/metadata/annotations");
    if (annotations.is_object() && annotations.contains("kubectl.kubernetes.io/default-container"))
        return annotations["kubectl.kubernetes.io/default-container"];
    const std::string first = string_at(containers[0], "/name");
    if (containers.size() > 1)
        fmt::print(stderr, "Using container \"{}\"; -c names another\n", first);
    return first;
}

client::Target pod_target(const Json& pod, std::string subresource) {
    return {
        .group_version = "v1",
        .plural = "pods",
        .namespace_name = string_at(pod, "/metadata/namespace"),
        .name = string_at(pod, "/metadata/name"),
        .subresource = std::move(subresource)};
}

}  // namespace picket::cli
