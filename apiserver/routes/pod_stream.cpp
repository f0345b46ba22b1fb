#include "apiserver/routes/pod_stream.hpp"

#include "apiserver/registry/document.hpp"
#include "common/api/status.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::apiserver {
namespace {

constexpr const char* kDefaultContainer = "kubectl.kubernetes.io/default-container";

std::vector<std::string> names_in(const Json& pod, const char* list) {
    std::vector<std::string> names;
    for (const auto& container : registry::at(pod, {"spec", list})) {
        names.push_back(registry::text_at(container, {"name"}));
    }
    return names;
}

bool has_container(const Json& pod, const std::string& name) {
    constexpr std::array kLists = {"containers", "initContainers", "ephemeralContainers"};
    return std::ranges::any_of(kLists, [&](const char* list) {
        const auto names = names_in(pod, list);
        return std::ranges::find(names, name) != names.end();
    });
}

}  // namespace

Result<std::string> choose_container(const Json& pod, const std::string& named) {
    const auto pod_name = registry::text_at(pod, {"metadata", "name"});
    if (!named.empty()) {
        if (has_container(pod, named)) return named;
        return bad_request(fmt::format("container {} is not valid for pod {}", named, pod_name));
    }
    auto by_annotation = registry::text_at(pod, {"metadata", "annotations", kDefaultContainer});
    if (!by_annotation.empty() && has_container(pod, by_annotation)) return by_annotation;
    const auto names = names_in(pod, "containers");
    if (names.size() == 1) return names.front();
    return bad_request(fmt::format(
        "a container name must be specified for pod {}, choose one of: [{}]",
        pod_name,
        fmt::join(names, " ")));
}

Result<Json> pod_of(const Call& call) {
    const auto found = call.services.store.get(call.key());
    if (!found) return not_found_error("pods", call.info.name);
    return parse_json(*found->bytes);
}

StreamRequest stream_request(std::string kind, const Json& pod) {
    StreamRequest request;
    request.kind = std::move(kind);
    request.namespace_name = registry::text_at(pod, {"metadata", "namespace"});
    request.pod = registry::text_at(pod, {"metadata", "name"});
    request.pod_uid = registry::text_at(pod, {"metadata", "uid"});
    return request;
}

Result<std::string> node_of(const Json& pod) {
    auto node = registry::text_at(pod, {"spec", "nodeName"});
    if (!node.empty()) return node;
    return bad_request(fmt::format(
        "pod {} does not have a host assigned", registry::text_at(pod, {"metadata", "name"})));
}

Awaitable<Result<TunnelStream>> open_pod_stream(
    TunnelHub& hub, std::string node, StreamRequest request) {
    auto stream = co_await hub.open(std::move(node), std::move(request));
    if (!stream) co_return stream.error();
    if (stream->reply.failure) co_return *stream->reply.failure;
    co_return stream;
}

}  // namespace picket::apiserver
