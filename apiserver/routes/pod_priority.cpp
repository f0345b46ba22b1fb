#include "apiserver/routes/pod_priority.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/pod_identity.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace picket::apiserver {
namespace {

using registry::text_at;

constexpr const char* kPriorityClasses = "priorityclasses.scheduling.k8s.io";
constexpr const char* kDefaultPreemption = "PreemptLowerPriority";
/// How manifests from before priority classes asked for the highest one.
constexpr const char* kCriticalAnnotation = "scheduler.alpha.kubernetes.io/critical-pod";
constexpr const char* kMostCritical = "system-node-critical";

struct PodPriority {
    std::string class_name;
    std::int64_t value = 0;
    std::string preemption = kDefaultPreemption;
};

PodPriority read_priority_class(const storage::StoredObject& stored) {
    const auto object = Json::parse(*stored.bytes);
    PodPriority priority{stored.key.name, json_read::integer(object, "value")};
    if (auto policy = json_read::text(object, "preemptionPolicy"); !policy.empty())
        priority.preemption = std::move(policy);
    return priority;
}

/// Where several say that they are the default, the lowest is.
PodPriority default_priority(const storage::Store& store) {
    std::optional<PodPriority> lowest;
    for (const auto& stored : store.list(kPriorityClasses, {}, 0, {}).objects) {
        if (stored->bytes->find("globalDefault") == std::string::npos) continue;
        if (!json_read::boolean(Json::parse(*stored->bytes), "globalDefault")) continue;
        auto found = read_priority_class(*stored);
        if (!lowest || found.value < lowest->value) lowest = std::move(found);
    }
    return lowest.value_or(PodPriority{});
}

bool is_marked_critical(const Json& pod) {
    return text_at(pod, {"metadata", "namespace"}) == "kube-system" &&
           registry::has(registry::at(pod, {"metadata", "annotations"}), kCriticalAnnotation);
}

Error refused(const Json& pod, std::string_view why) {
    auto name = text_at(pod, {"metadata", "name"});
    if (name.empty()) name = text_at(pod, {"metadata", "generateName"});
    return Error{
        .reason = Reason::Forbidden,
        .message = fmt::format("pods \"{}\" is forbidden: {}", name, why)};
}

Result<void> set_priority(Json& pod, const PodPriority& priority) {
    auto& spec = registry::object_in(pod, "spec");
    if (registry::has(spec, "priority") && json_read::integer(spec, "priority") != priority.value) {
        return refused(
            pod,
            fmt::format(
                "the integer value of priority ({}) must not be provided in pod spec; priority "
                "admission controller computed {} from the given PriorityClass name",
                json_read::integer(spec, "priority"),
                priority.value));
    }
    const auto policy = json_read::text(spec, "preemptionPolicy");
    if (!policy.empty() && policy != priority.preemption) {
        return refused(
            pod,
            fmt::format(
                "the string value of PreemptionPolicy ({}) must not be provided in pod spec; "
                "priority admission controller computed {} from the given PriorityClass name",
                policy,
                priority.preemption));
    }
    if (!priority.class_name.empty()) spec["priorityClassName"] = priority.class_name;
    spec["priority"] = priority.value;
    spec["preemptionPolicy"] = priority.preemption;
    return Ok();
}

}  // namespace

Result<void> give_priority(const storage::Store& store, Json& pod) {
    if (is_mirror_pod(pod)) return Ok();
    auto name = text_at(pod, {"spec", "priorityClassName"});
    if (name.empty() && is_marked_critical(pod)) name = kMostCritical;
    if (name.empty()) return set_priority(pod, default_priority(store));
    const auto stored = store.get({kPriorityClasses, "", name});
    if (!stored) return refused(pod, fmt::format("no PriorityClass with name {} was found", name));
    return set_priority(pod, read_priority_class(*stored));
}

}  // namespace picket::apiserver
