#include "apiserver/routes/usage_objects.hpp"

#include "apiserver/registry/document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

std::int64_t number_at(const Json& object, std::initializer_list<const char*> path) {
    const auto& found = registry::at(object, path);
    return found.is_number() ? found.get<std::int64_t>() : 0;
}

Json usage_of(const Json& measured) {
    return {
        {"cpu", fmt::format("{}n", number_at(measured, {"cpu", "usageNanoCores"}))},
        {"memory", fmt::format("{}Ki", number_at(measured, {"memory", "workingSetBytes"}) / 1024)}};
}

bool has_rate(const Json& measured) {
    return registry::at(measured, {"cpu", "usageNanoCores"}).is_number();
}

Json metrics_of(const char* kind, const Json& object, const Json& measured, const Json& summary) {
    Json metadata = {{"name", registry::text_at(object, {"metadata", "name"})}};
    for (const char* field : {"namespace", "labels"}) {
        const auto& value = registry::at(object, {"metadata", field});
        if (!value.is_null()) metadata[field] = value;
    }
    const auto time = registry::text_at(measured, {"cpu", "time"});
    metadata["creationTimestamp"] = time;
    const auto window = number_at(summary, {"windowMilliseconds"});
    return {
        {"kind", kind},
        {"apiVersion", "metrics.k8s.io/v1beta1"},
        {"metadata", std::move(metadata)},
        {"timestamp", time},
        {"window", fmt::format("{}.{:03}s", window / 1000, window % 1000)}};
}

}  // namespace

std::optional<Json> node_metrics(const Json& node, const Json& summary) {
    const auto& measured = registry::at(summary, {"node"});
    if (!has_rate(measured)) return std::nullopt;
    auto metrics = metrics_of("NodeMetrics", node, measured, summary);
    metrics["usage"] = usage_of(measured);
    return metrics;
}

std::optional<Json> pod_metrics(const Json& pod, const Json& summary) {
    const auto uid = registry::text_at(pod, {"metadata", "uid"});
    const auto& pods = registry::at(summary, {"pods"});
    const auto found = std::find_if(pods.begin(), pods.end(), [&](const Json& one) {
        return registry::text_at(one, {"podRef", "uid"}) == uid;
    });
    if (found == pods.end()) return std::nullopt;
    Json containers = Json::array();
    for (const auto& one : registry::at(*found, {"containers"})) {
        if (!has_rate(one)) continue;
        containers.push_back(
            {{"name", registry::text_at(one, {"name"})}, {"usage", usage_of(one)}});
    }
    if (containers.empty()) return std::nullopt;
    auto metrics =
        metrics_of("PodMetrics", pod, registry::at(*found, {"containers"}).front(), summary);
    metrics["containers"] = std::move(containers);
    return metrics;
}

}  // namespace picket::apiserver
