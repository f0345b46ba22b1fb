#include "apiserver/registry/kinds/kinds.hpp"
#include "apiserver/registry/label_selector_validation.hpp"
#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

namespace picket::registry {
namespace {

bool is_filled(const Json& rule, const char* key) {
    return !member(rule, key).empty();
}

/// A rule is about resources or about paths, never about both; paths have no namespace.
void validate_rule(
    const Json& rule, const std::string& path, bool cluster_wide, FieldErrors& errors) {
    if (is_filled(rule, "nonResourceURLs")) {
        const auto urls = field::child(path, "nonResourceURLs");
        if (!cluster_wide) {
            errors.push_back(field::invalid(
                urls,
                rule["nonResourceURLs"],
                "namespaced rules cannot apply to non-resource URLs"));
        }
        if (is_filled(rule, "apiGroups") || is_filled(rule, "resources") ||
            is_filled(rule, "resourceNames")) {
            errors.push_back(field::invalid(
                urls,
                rule["nonResourceURLs"],
                "rules cannot apply to both regular resources and non-resource URLs"));
        }
        return;
    }
    if (!is_filled(rule, "apiGroups")) {
        errors.push_back(field::required(
            field::child(path, "apiGroups"), "resource rules must supply at least one api group"));
    }
    if (!is_filled(rule, "resources")) {
        errors.push_back(field::required(
            field::child(path, "resources"), "resource rules must supply at least one resource"));
    }
}

class RoleStrategy final : public Strategy {
public:
    [[nodiscard]] FieldErrors validate(
        const Json& object, const RequestContext& /*context*/) const override {
        FieldErrors errors;
        const bool cluster_wide = text_at(object, {"kind"}) == "ClusterRole";
        for_each(member(object, "rules"), "rules", [&](const Json& rule, const std::string& path) {
            validate_rule(rule, path, cluster_wide, errors);
        });
        const auto& selectors = at(object, {"aggregationRule", "clusterRoleSelectors"});
        if (has(object, "aggregationRule") && selectors.empty()) {
            errors.push_back(field::required("aggregationRule.clusterRoleSelectors"));
        }
        for_each(
            selectors,
            "aggregationRule.clusterRoleSelectors",
            [&](const Json& selector, const std::string& path) {
                validate_label_selector(selector, path, errors);
            });
        return errors;
    }
};

}  // namespace

const Strategy& role_strategy() {
    static const RoleStrategy strategy;
    return strategy;
}

}  // namespace picket::registry
