#include "common/api/daemonset.hpp"

#include "common/api/json_read.hpp"
#include "common/api/pod.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace picket {
namespace {

std::optional<LabelSelector> parse_selector(const Json& selector) {
    if (!selector.is_object()) return std::nullopt;
    auto parsed = LabelSelector::from_json(selector);
    if (!parsed) return std::nullopt;
    return *std::move(parsed);
}

std::optional<NodeAffinity> parse_annotation(const Labels& annotations) {
    const auto found = annotations.find(kAffinityAnnotation);
    return found == annotations.end() ? std::nullopt : parse_affinity_annotation(found->second);
}

void read_update_strategy(const Json& strategy, DaemonSet& set) {
    if (json_read::text(strategy, "type") == "OnDelete")
        set.update_strategy = UpdateStrategy::OnDelete;
    const auto& rolling = json_read::member(strategy, "rollingUpdate");
    if (!rolling.is_object()) return;
    set.max_unavailable = IntOrPercent::parse(json_read::member(rolling, "maxUnavailable"));
    set.max_surge = IntOrPercent::parse(json_read::member(rolling, "maxSurge"));
}

std::optional<std::int64_t> optional_integer(const Json& object, const char* key) {
    const auto& value = json_read::member(object, key);
    if (!value.is_number_integer()) return std::nullopt;
    return value.get<std::int64_t>();
}

StatusCondition parse_condition(const Json& condition) {
    return {
        json_read::text(condition, "type"),
        json_read::text(condition, "status"),
        json_read::text(condition, "reason"),
        json_read::text(condition, "message"),
        json_read::time(condition, "lastTransitionTime")};
}

}  // namespace

IntOrPercent IntOrPercent::parse(const Json& value) {
    if (value.is_number_integer()) return {value.get<std::int64_t>(), false};
    if (!value.is_string()) return {};
    const auto& text = value.get_ref<const std::string&>();
    IntOrPercent result{0, text.ends_with('%')};
    std::from_chars(text.data(), text.data() + text.size(), result.value);
    return result;
}

std::int64_t IntOrPercent::resolve(std::int64_t total) const {
    return percent ? (value * total + 99) / 100 : value;
}

PodTemplate PodTemplate::parse(const Json& document) {
    const auto& metadata = json_read::member(document, "metadata");
    const auto& spec = json_read::member(document, "spec");
    PodTemplate result;
    result.labels = json_read::string_map(metadata, "labels");
    result.node_name = json_read::text(spec, "nodeName");
    result.images = hash_images(spec);
    result.node_selector = json_read::string_map(spec, "nodeSelector");
    result.affinity = parse_node_affinity(json_read::member(spec, "affinity"));
    result.annotation_affinity = parse_annotation(json_read::string_map(metadata, "annotations"));
    result.tolerations = parse_tolerations(json_read::member(spec, "tolerations"));
    result.host_network = json_read::boolean(spec, "hostNetwork");
    result.document = std::make_shared<const Json>(document);
    return result;
}

DaemonSetStatus DaemonSetStatus::parse(const Json& status) {
    DaemonSetStatus result;
    result.current_number_scheduled = json_read::integer(status, "currentNumberScheduled");
    result.number_misscheduled = json_read::integer(status, "numberMisscheduled");
    result.desired_number_scheduled = json_read::integer(status, "desiredNumberScheduled");
    result.number_ready = json_read::integer(status, "numberReady");
    result.observed_generation = json_read::integer(status, "observedGeneration");
    result.updated_number_scheduled = json_read::integer(status, "updatedNumberScheduled");
    result.number_available = json_read::integer(status, "numberAvailable");
    result.number_unavailable = json_read::integer(status, "numberUnavailable");
    result.collision_count = optional_integer(status, "collisionCount");
    result.conditions = json_read::list<StatusCondition>(status, "conditions", parse_condition);
    return result;
}

DaemonSet DaemonSet::parse(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    const auto& spec = json_read::member(object, "spec");
    DaemonSet set;
    set.meta = ObjectMeta::parse(metadata);
    set.annotations = json_read::string_map(metadata, "annotations");
    set.selector = parse_selector(json_read::member(spec, "selector"));
    set.pod_template = PodTemplate::parse(json_read::member(spec, "template"));
    read_update_strategy(json_read::member(spec, "updateStrategy"), set);
    set.min_ready_seconds = json_read::integer(spec, "minReadySeconds");
    set.revision_history_limit = json_read::integer(spec, "revisionHistoryLimit", 10);
    set.status = DaemonSetStatus::parse(json_read::member(object, "status"));
    return set;
}

bool DaemonSet::blame_aware() const {
    const auto found = annotations.find(kRolloutPolicyAnnotation);
    return found == annotations.end() || found->second != "kubernetes";
}

std::optional<std::string> DaemonSet::template_generation() const {
    const auto found = annotations.find(kTemplateGenerationAnnotation);
    if (found == annotations.end()) return std::nullopt;
    return found->second;
}

OwnerReference DaemonSet::owner_reference() const {
    return {"apps/v1", "DaemonSet", meta.name, meta.uid, true, true};
}

}  // namespace picket
