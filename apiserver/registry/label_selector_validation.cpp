#include "apiserver/registry/label_selector_validation.hpp"

#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

void validate_match_labels(const Json& labels, const std::string& path, FieldErrors& errors) {
    if (!labels.is_object()) return;
    for (const auto& [key, value] : labels.items()) {
        add_problems(check_qualified_name(key), path, key, errors);
        add_problems(check_label_value(value.get_ref<const std::string&>()), path, value, errors);
    }
}

void validate_values(const Json& expression, const std::string& path, FieldErrors& errors) {
    const auto op = json_read::text(expression, "operator");
    const bool any = !member(expression, "values").empty();
    const auto values = field::child(path, "values");
    if (op == "In" || op == "NotIn") {
        if (!any)
            errors.push_back(
                field::required(values, "must be specified when `operator` is 'In' or 'NotIn'"));
    } else if (op == "Exists" || op == "DoesNotExist") {
        if (any) {
            errors.push_back(field::forbidden(
                values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
        }
    } else if (!op.empty()) {
        errors.push_back(
            field::invalid(field::child(path, "operator"), op, "not a valid selector operator"));
    }
}

void validate_expression(const Json& expression, const std::string& path, FieldErrors& errors) {
    validate_values(expression, path, errors);
    if (const auto key = json_read::text(expression, "key"); !key.empty()) {
        add_problems(check_qualified_name(key), field::child(path, "key"), key, errors);
    }
    for_each(
        member(expression, "values"),
        field::child(path, "values"),
        [&](const Json& value, const std::string& here) {
            add_problems(
                check_label_value(value.get_ref<const std::string&>()), here, value, errors);
        });
}

}  // namespace

void validate_label_selector(const Json& selector, const std::string& path, FieldErrors& errors) {
    validate_match_labels(
        member(selector, "matchLabels"), field::child(path, "matchLabels"), errors);
    for_each(
        member(selector, "matchExpressions"),
        field::child(path, "matchExpressions"),
        [&](const Json& expression, const std::string& here) {
            validate_expression(expression, here, errors);
        });
}

bool is_empty_selector(const Json& selector) {
    return selector.is_object() && member(selector, "matchLabels").empty() &&
           member(selector, "matchExpressions").empty();
}

}  // namespace picket::registry
