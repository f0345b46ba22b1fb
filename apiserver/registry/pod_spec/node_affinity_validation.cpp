#include "apiserver/registry/pod_spec/placement_validation.hpp"
#include "common/api/names.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

constexpr const char* kRequired = "requiredDuringSchedulingIgnoredDuringExecution";
constexpr const char* kPreferred = "preferredDuringSchedulingIgnoredDuringExecution";

void validate_node_values(const Json& expression, const std::string& path, FieldErrors& errors) {
    const auto op = json_read::text(expression, "operator");
    const auto count = member(expression, "values").size();
    const auto values = field::child(path, "values");
    if (op == "In" || op == "NotIn") {
        if (count == 0) {
            errors.push_back(
                field::required(values, "must be specified when `operator` is 'In' or 'NotIn'"));
        }
    } else if (op == "Exists" || op == "DoesNotExist") {
        if (count == 0) return;
        errors.push_back(field::forbidden(
            values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    } else if (op == "Gt" || op == "Lt") {
        if (count == 1) return;
        errors.push_back(
            field::required(values, "must be a single value when `operator` is 'Lt' or 'Gt'"));
    } else {
        errors.push_back(
            field::invalid(field::child(path, "operator"), op, "not a valid selector operator"));
    }
}

void validate_node_expression(
    const Json& expression, const std::string& path, FieldErrors& errors) {
    validate_node_values(expression, path, errors);
    const auto key = json_read::text(expression, "key");
    add_problems(check_qualified_name(key), field::child(path, "key"), key, errors);
}

/// Only the node's name, one at a time.
void validate_field(const Json& requirement, const std::string& path, FieldErrors& errors) {
    const auto op = json_read::text(requirement, "operator");
    const auto key = json_read::text(requirement, "key");
    if (op != "In" && op != "NotIn") {
        errors.push_back(
            field::invalid(field::child(path, "operator"), op, "not a valid selector operator"));
    } else if (member(requirement, "values").size() != 1) {
        errors.push_back(field::required(
            field::child(path, "values"),
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"));
    }
    if (key != "metadata.name") {
        errors.push_back(
            field::invalid(field::child(path, "key"), key, "not a valid field selector key"));
    }
}

void validate_term(
    const Json& term, const std::string& path, AffinityForm form, FieldErrors& errors) {
    const auto& expressions = member(term, "matchExpressions");
    const auto here = field::child(path, "matchExpressions");
    if (form == AffinityForm::Annotation && expressions.empty()) {
        errors.push_back(field::required(here, "must have at least one node selector requirement"));
    }
    for_each(expressions, here, [&](const Json& expression, const std::string& inner) {
        validate_node_expression(expression, inner, errors);
    });
    for_each(
        member(term, "matchFields"),
        field::child(path, "matchFields"),
        [&](const Json& one, const std::string& inner) { validate_field(one, inner, errors); });
}

void validate_required(
    const Json& selector, const std::string& path, AffinityForm form, FieldErrors& errors) {
    if (selector.is_null()) return;
    const auto& terms = member(selector, "nodeSelectorTerms");
    const auto here = field::child(path, "nodeSelectorTerms");
    if (terms.empty())
        errors.push_back(field::required(here, "must have at least one node selector term"));
    for_each(terms, here, [&](const Json& term, const std::string& inner) {
        validate_term(term, inner, form, errors);
    });
}

void validate_preferred(
    const Json& term, const std::string& path, AffinityForm form, FieldErrors& errors) {
    const auto weight = json_read::integer(term, "weight");
    if (weight < 1 || weight > 100) {
        errors.push_back(
            field::invalid(field::child(path, "weight"), weight, "must be in the range 1-100"));
    }
    // A preference without expressions prefers nothing; both eras take it.
    if (!member(member(term, "preference"), "matchExpressions").empty() ||
        form == AffinityForm::Field) {
        validate_term(member(term, "preference"), field::child(path, "preference"), form, errors);
    }
}

}  // namespace

void validate_node_affinity(
    const Json& node_affinity, const std::string& path, AffinityForm form, FieldErrors& errors) {
    validate_required(
        member(node_affinity, kRequired), field::child(path, kRequired), form, errors);
    for_each(
        member(node_affinity, kPreferred),
        field::child(path, kPreferred),
        [&](const Json& term, const std::string& here) {
            validate_preferred(term, here, form, errors);
        });
}

}  // namespace picket::registry
