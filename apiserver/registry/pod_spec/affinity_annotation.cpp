#include "apiserver/registry/pod_spec/placement_validation.hpp"
#include "apiserver/registry/pod_spec/pod_spec.hpp"
#include "common/api/node_affinity.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::registry {
namespace {

// No schema checks what is inside an annotation, so its shape is checked here. Null stands for
// absent.

bool is_object_or_null(const Json& value) {
    return value.is_object() || value.is_null();
}
bool is_text_or_null(const Json& value) {
    return value.is_string() || value.is_null();
}

template <class Predicate>
bool is_list_of(const Json& value, Predicate predicate) {
    return value.is_null() ||
           (value.is_array() && std::all_of(value.begin(), value.end(), predicate));
}

bool is_expression(const Json& value) {
    return value.is_object() && is_text_or_null(member(value, "key")) &&
           is_text_or_null(member(value, "operator")) &&
           is_list_of(member(value, "values"), [](const Json& text) { return text.is_string(); });
}

bool is_term(const Json& value) {
    return is_object_or_null(value) && is_list_of(member(value, "matchExpressions"), is_expression);
}

bool is_preferred_term(const Json& value) {
    const auto& weight = member(value, "weight");
    return value.is_object() && (weight.is_null() || weight.is_number_integer()) &&
           is_term(member(value, "preference"));
}

bool is_affinity(const Json& affinity) {
    const auto& nodes = member(affinity, "nodeAffinity");
    const auto& required = member(nodes, "requiredDuringSchedulingIgnoredDuringExecution");
    return affinity.is_object() && is_object_or_null(nodes) && is_object_or_null(required) &&
           is_list_of(member(required, "nodeSelectorTerms"), is_term) &&
           is_list_of(
               member(nodes, "preferredDuringSchedulingIgnoredDuringExecution"), is_preferred_term);
}

}  // namespace

void validate_affinity_annotation(
    const Json& metadata, const std::string& path, FieldErrors& errors) {
    const auto& annotation = member(member(metadata, "annotations"), kAffinityAnnotation);
    if (!annotation.is_string()) return;
    const auto affinity = Json::parse(annotation.get_ref<const std::string&>(), nullptr, false);
    if (!is_affinity(affinity)) {
        errors.push_back(
            field::invalid(path, kAffinityAnnotation, "the value is not an affinity in JSON"));
        return;
    }
    const auto here = field::child(field::child(path, kAffinityAnnotation), "nodeAffinity");
    validate_node_affinity(
        member(affinity, "nodeAffinity"), here, AffinityForm::Annotation, errors);
}

}  // namespace picket::registry
