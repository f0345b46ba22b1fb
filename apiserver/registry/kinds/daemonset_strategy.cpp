#include "apiserver/registry/kinds/daemonset_rules.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "apiserver/registry/object_meta.hpp"
#include "apiserver/registry/pod_spec/pod_spec.hpp"
#include "common/schema/schema.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::registry {
namespace {

constexpr std::string_view kModernVersion = "apps/v1";
constexpr std::string_view kLegacyVersion = "extensions/v1beta1";

bool is_legacy(std::string_view group_version) {
    return group_version == kLegacyVersion;
}

/// Which parts of a set an update changes. What only says the same in other words (an explicit
/// false, an empty list) stays as it is stored, so that no hash changes and no pod is replaced.
struct Change {
    bool spec = false;
    bool pod_template = false;
};

bool same_meaning(const schema::Type& type, const Json& left, const Json& right) {
    return left == right || schema::normal_form(type, left) == schema::normal_form(type, right);
}

Change keep_what_means_the_same(Json& object, const Json& old) {
    static const auto& spec_type =
        *schema::find_kind(kModernVersion, "DaemonSet")->find("spec")->type;
    static const auto& template_type = *spec_type.find("template")->type;
    Change change;
    change.pod_template = !same_meaning(
        template_type, at(object, {"spec", "template"}), at(old, {"spec", "template"}));
    if (!change.pod_template) restore(object_in(object, "spec"), member(old, "spec"), "template");
    change.spec = !same_meaning(spec_type, member(object, "spec"), member(old, "spec"));
    if (!change.spec) restore(object, old, "spec");
    return change;
}

/// The stored form is that of apps/v1. extensions/v1beta1 differs in one field:
/// spec.templateGeneration, which apps/v1 carries in an annotation.
class DaemonSetStrategy final : public Strategy {
public:
    Result<void> decode(Json& object, const RequestContext& context) const override {
        if (!is_legacy(context.group_version)) return check_template_generation(object);
        object["apiVersion"] = "apps/v1";
        take_template_generation(object);
        return Ok();
    }

    void encode(Json& object, std::string_view group_version) const override {
        object["apiVersion"] = group_version;
        if (!is_legacy(group_version)) return;
        show_template_generation(object);
        hide_zero_surge(object);
    }

    void default_object(Json& object, const RequestContext& context) const override {
        default_selector(object);
        default_update_strategy(object, is_legacy(context.group_version));
        if (is_legacy(context.group_version)) {
            default_labels(object);
            take_annotated_tolerations(object);
        }
        auto& spec = object_in(object, "spec");
        if (has(spec, "template"))
            default_pod_spec(object_in(spec["template"], "spec"), PodSpecUse::Template);
    }

    void prepare_for_create(Json& object, const RequestContext& /*context*/) const override {
        object["status"] = {
            {"currentNumberScheduled", 0},
            {"desiredNumberScheduled", 0},
            {"numberMisscheduled", 0},
            {"numberReady", 0}};
        object_in(object, "metadata")["generation"] = 1;
        set_template_generation(object, std::max<std::int64_t>(1, template_generation(object)));
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        return validate_daemonset(object);
    }

    void prepare_for_update(
        Json& object, const Json& old, const RequestContext& /*context*/) const override {
        restore(object, old, "status");
        const auto change = keep_what_means_the_same(object, old);
        // A body cannot set the counters, and a change of metadata alone leaves them.
        set_template_generation(object, template_generation(old) + (change.pod_template ? 1 : 0));
        set_generation(object, old, change.spec);
    }

    [[nodiscard]] FieldErrors validate_update(
        const Json& object, const Json& old, const RequestContext& context) const override {
        FieldErrors errors;
        if (!is_legacy(context.group_version)) {
            check_unchanged(
                member(object, "spec"), member(old, "spec"), "selector", "spec", errors);
        }
        return errors;
    }

    [[nodiscard]] FieldErrors validate_status_update(
        const Json& object, const Json& old, const RequestContext& /*context*/) const override {
        return validate_daemonset_status(member(object, "status"), member(old, "status"));
    }

    [[nodiscard]] Propagation default_propagation(std::string_view group_version) const override {
        return is_legacy(group_version) ? Propagation::Orphan : Propagation::Background;
    }
};

}  // namespace

const Strategy& daemonset_strategy() {
    static const DaemonSetStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
