#include "apiserver/registry/document.hpp"
#include "apiserver/registry/kinds/kinds.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// The lease without what a renewal changes: its times, and the version that every write gives.
Json without_heartbeat(Json lease) {
    if (has(lease, "spec")) {
        for (const auto* key : {"acquireTime", "renewTime"}) drop(lease["spec"], key);
    }
    if (has(lease, "metadata")) {
        for (const auto* key : {"resourceVersion", "managedFields"}) drop(lease["metadata"], key);
    }
    return lease;
}

class LeaseStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        const auto& spec = member(object, "spec");
        FieldErrors errors;
        check_not_negative(spec, "leaseTransitions", "spec", errors);
        const auto& duration = member(spec, "leaseDurationSeconds");
        if (!duration.is_null() && duration <= 0) {
            errors.push_back(
                field::invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"));
        }
        return errors;
    }

    [[nodiscard]] bool volatile_update(const Json& object, const Json& old) const override {
        return without_heartbeat(object) == without_heartbeat(old);
    }
};

}  // namespace

const Strategy& lease_strategy() {
    static const LeaseStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
