#include "apiserver/registry/kinds/amount.hpp"
#include "apiserver/registry/kinds/daemonset_rules.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

/// Text that is no percentage is reported elsewhere and counts as zero here.
bool is_zero(const Json& value) {
    if (value.is_string())
        return parse_percent(value.get_ref<const std::string&>()).value_or(0) == 0;
    return value.is_null() || value == 0;
}

void validate_rolling_update(const Json& rolling, const std::string& path, FieldErrors& errors) {
    const auto& unavailable = member(rolling, "maxUnavailable");
    const auto& surge = member(rolling, "maxSurge");
    validate_amount(unavailable, field::child(path, "maxUnavailable"), errors);
    validate_amount(surge, field::child(path, "maxSurge"), errors);
    if (!is_zero(unavailable) && !is_zero(surge)) {
        errors.push_back(field::invalid(
            field::child(path, "maxSurge"),
            surge,
            "may not be set when maxUnavailable is non-zero"));
    } else if (is_zero(unavailable) && is_zero(surge)) {
        errors.push_back(field::required(
            field::child(path, "maxUnavailable"), "cannot be 0 when maxSurge is 0"));
    }
}

}  // namespace

void validate_update_strategy(const Json& strategy, const std::string& path, FieldErrors& errors) {
    const auto type = json_read::text(strategy, "type");
    if (type == "OnDelete") return;
    if (type != "RollingUpdate") {
        errors.push_back(field::not_supported(path, strategy, {"RollingUpdate", "OnDelete"}));
        return;
    }
    const auto rolling_path = field::child(path, "rollingUpdate");
    if (!has(strategy, "rollingUpdate")) {
        errors.push_back(field::required(rolling_path));
        return;
    }
    validate_rolling_update(member(strategy, "rollingUpdate"), rolling_path, errors);
}

}  // namespace picket::registry
