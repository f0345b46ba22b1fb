#include "apiserver/registry/pod_spec/placement_validation.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

void validate_operator(const Json& toleration, const std::string& path, FieldErrors& errors) {
    const auto key = json_read::text(toleration, "key");
    const auto op = json_read::text(toleration, "operator");
    const auto value = json_read::text(toleration, "value");
    const auto here = field::child(path, "operator");
    if (key.empty() && op != "Exists") {
        errors.push_back(field::invalid(
            here,
            op,
            "operator must be Exists when `key` is empty, which means \"match all values and all "
            "keys\""));
    }
    if (op == "Exists") {
        if (!value.empty()) {
            errors.push_back(
                field::invalid(here, op, "value must be empty when `operator` is 'Exists'"));
        }
    } else {
        add_problems(check_label_value(value), here, value, errors);
    }
}

void validate_toleration(const Json& toleration, const std::string& path, FieldErrors& errors) {
    if (const auto key = json_read::text(toleration, "key"); !key.empty()) {
        add_problems(check_qualified_name(key), field::child(path, "key"), key, errors);
    }
    validate_operator(toleration, path, errors);
    const auto effect = json_read::text(toleration, "effect");
    if (has(toleration, "tolerationSeconds") && effect != "NoExecute") {
        errors.push_back(field::invalid(
            field::child(path, "effect"),
            effect,
            "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
}

}  // namespace

void validate_tolerations(const Json& tolerations, const std::string& path, FieldErrors& errors) {
    for_each(tolerations, path, [&](const Json& toleration, const std::string& here) {
        validate_toleration(toleration, here, errors);
    });
}

}  // namespace picket::registry
