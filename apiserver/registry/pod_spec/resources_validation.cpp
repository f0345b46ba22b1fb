#include "apiserver/registry/pod_spec/container_validation.hpp"
#include "common/api/names.hpp"
#include "common/api/quantity.hpp"
#include "common/base/field_error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

bool is_container_resource(std::string_view name) {
    return name == "cpu" || name == "memory" || name == "ephemeral-storage" ||
           name.starts_with("hugepages-") || name.find('/') != std::string_view::npos;
}

void validate_amounts(const Json& amounts, const std::string& path, FieldErrors& errors) {
    if (!amounts.is_object()) return;
    for (const auto& [name, amount] : amounts.items()) {
        const auto here = field::key(path, name);
        add_problems(check_qualified_name(name), here, name, errors);
        if (!is_container_resource(name)) {
            errors.push_back(
                field::invalid(here, name, "must be a standard resource for containers"));
        }
        const auto quantity = Quantity::from_json(amount);
        if (quantity && quantity->is_negative())
            errors.push_back(field::invalid(here, amount, kNotNegative));
    }
}

void validate_requests_within_limits(
    const Json& resources, const std::string& path, FieldErrors& errors) {
    const auto& limits = member(resources, "limits");
    const auto& requests = member(resources, "requests");
    if (!requests.is_object()) return;
    for (const auto& [name, amount] : requests.items()) {
        const auto request = Quantity::from_json(amount);
        const auto limit = Quantity::from_json(member(limits, name));
        if (!request || !limit || *request <= *limit) continue;
        errors.push_back(field::invalid(
            field::child(path, "requests"),
            request->to_string(),
            fmt::format("must be less than or equal to {} limit of {}", name, limit->to_string())));
    }
}

}  // namespace

void validate_resources(const Json& resources, const std::string& path, FieldErrors& errors) {
    validate_amounts(member(resources, "limits"), field::child(path, "limits"), errors);
    validate_amounts(member(resources, "requests"), field::child(path, "requests"), errors);
    validate_requests_within_limits(resources, path, errors);
}

}  // namespace picket::registry
