#include "apiserver/registry/kinds/amount.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "apiserver/registry/label_selector_validation.hpp"
#include "apiserver/registry/object_meta.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

class DisruptionBudgetStrategy final : public Strategy {
public:
    void prepare_for_create(Json& object, const RequestContext& /*context*/) const override {
        drop(object, "status");
        object_in(object, "metadata")["generation"] = 1;
    }

    void prepare_for_update(
        Json& object, const Json& old, const RequestContext& /*context*/) const override {
        restore(object, old, "status");
        set_generation(object, old, member(object, "spec") != member(old, "spec"));
    }

    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        const auto& spec = member(object, "spec");
        const auto& least = member(spec, "minAvailable");
        const auto& most = member(spec, "maxUnavailable");
        if (!least.is_null() && !most.is_null()) {
            errors.push_back(
                field::invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set"));
        }
        validate_amount(least, "spec.minAvailable", errors);
        validate_amount(most, "spec.maxUnavailable", errors);
        if (has(spec, "selector"))
            validate_label_selector(member(spec, "selector"), "spec.selector", errors);
        const auto& policy = member(spec, "unhealthyPodEvictionPolicy");
        if (!policy.is_null() && policy != "IfHealthyBudget" && policy != "AlwaysAllow") {
            errors.push_back(field::not_supported(
                "spec.unhealthyPodEvictionPolicy", policy, {"AlwaysAllow", "IfHealthyBudget"}));
        }
        return errors;
    }

    [[nodiscard]] FieldErrors validate_status_update(
        const Json& object, const Json& /*old*/, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        for (const auto* counter :
             {"disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"}) {
            check_not_negative(member(object, "status"), counter, "status", errors);
        }
        return errors;
    }
};

}  // namespace

const Strategy& disruption_budget_strategy() {
    static const DisruptionBudgetStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
