#include "apiserver/registry/kinds/daemonset_rules.hpp"
#include "apiserver/registry/label_selector_validation.hpp"
#include "apiserver/registry/object_meta.hpp"
#include "apiserver/registry/pod_spec/pod_spec.hpp"
#include "common/api/daemonset.hpp"
#include "common/api/label_selector.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// A nil selector matches nothing, so it is reported like one that does not match.
bool selects_template(const Json& selector, const Json& labels) {
    if (selector.is_null()) return false;
    const auto parsed = LabelSelector::from_json(selector);
    return parsed && parsed->matches(json_read::string_map(Json{{"labels", labels}}, "labels"));
}

void validate_selector(const Json& spec, FieldErrors& errors) {
    const auto& selector = member(spec, "selector");
    if (is_empty_selector(selector)) {
        errors.push_back(
            field::invalid("spec.selector", selector, "empty selector is invalid for a DaemonSet"));
        return;
    }
    const auto before = errors.size();
    validate_label_selector(selector, "spec.selector", errors);
    if (errors.size() != before) return;
    const auto& labels = at(spec, {"template", "metadata", "labels"});
    if (selects_template(selector, labels)) return;
    errors.push_back(field::invalid(
        "spec.template.metadata.labels",
        labels.is_null() ? Json::object() : labels,
        "`selector` does not match template `labels`"));
}

void validate_template(const Json& pod_template, FieldErrors& errors) {
    const auto& metadata = member(pod_template, "metadata");
    for (auto& error : validate_labels_and_annotations(metadata, "spec.template"))
        errors.push_back(std::move(error));
    validate_affinity_annotation(metadata, "spec.template.annotations", errors);
    const auto& spec = member(pod_template, "spec");
    validate_pod_spec(spec, "spec.template.spec", PodSpecUse::Template, errors);
    if (const auto& policy = member(spec, "restartPolicy");
        !policy.is_null() && policy != "Always") {
        errors.push_back(
            field::not_supported("spec.template.spec.restartPolicy", policy, {"Always"}));
    }
    for (const auto* key : {"activeDeadlineSeconds", "ephemeralContainers"}) {
        if (member(spec, key).empty()) continue;
        errors.push_back(field::forbidden(
            field::child("spec.template.spec", key), "not allowed in a DaemonSet"));
    }
}

/// A misspelt policy would quietly be the other one.
void validate_rollout_policy(const Json& object, FieldErrors& errors) {
    const auto& annotations = at(object, {"metadata", "annotations"});
    if (!has(annotations, kRolloutPolicyAnnotation)) return;
    const auto& policy = member(annotations, kRolloutPolicyAnnotation);
    if (policy == "kubernetes" || policy == "blame-aware") return;
    errors.push_back(field::not_supported(
        std::string("metadata.annotations[") + kRolloutPolicyAnnotation + "]",
        policy,
        {"blame-aware", "kubernetes"}));
}

}  // namespace

FieldErrors validate_daemonset(const Json& object) {
    const auto& spec = member(object, "spec");
    FieldErrors errors;
    validate_rollout_policy(object, errors);
    validate_selector(spec, errors);
    validate_template(member(spec, "template"), errors);
    check_not_negative(spec, "minReadySeconds", "spec", errors);
    check_not_negative(spec, "revisionHistoryLimit", "spec", errors);
    if (const auto generation = template_generation(object); generation < 0) {
        errors.push_back(field::invalid("spec.templateGeneration", generation, kNotNegative));
    }
    validate_update_strategy(member(spec, "updateStrategy"), "spec.updateStrategy", errors);
    return errors;
}

FieldErrors validate_daemonset_status(const Json& status, const Json& old) {
    FieldErrors errors;
    for (const auto* counter :
         {"currentNumberScheduled",
          "numberMisscheduled",
          "desiredNumberScheduled",
          "numberReady",
          "observedGeneration",
          "updatedNumberScheduled",
          "numberAvailable",
          "numberUnavailable",
          "collisionCount"}) {
        check_not_negative(status, counter, "status", errors);
    }
    const auto collisions = json_read::integer(status, "collisionCount");
    if (collisions < json_read::integer(old, "collisionCount")) {
        errors.push_back(
            field::invalid("status.collisionCount", collisions, "cannot be decremented"));
    }
    return errors;
}

}  // namespace picket::registry
