#pragma once
/// Which rules apply to whom, out of roles and bindings. Pure; made anew when one of them changes.
#include "apiserver/auth/rbac/policy_rule.hpp"
#include "apiserver/auth/user.hpp"
#include "common/api/label_selector.hpp"

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace picket::apiserver {

/// A Role or, without namespace, a ClusterRole.
struct RoleView {
    std::string namespace_name;
    std::string name;
    Labels labels;
    PolicyRules rules;
    std::vector<LabelSelector> aggregates;  ///< further cluster roles whose rules are its own
};
[[nodiscard]] RoleView parse_role(const Json& object);

/// A RoleBinding or, without namespace, a ClusterRoleBinding.
struct BindingView {
    struct Subject {
        std::string kind;
        std::string namespace_name;
        std::string name;
    };
    std::string namespace_name;
    bool cluster_role = false;  ///< what `role` names
    std::string role;
    std::vector<Subject> subjects;
};
[[nodiscard]] BindingView parse_binding(const Json& object);

class RoleTable {
public:
    RoleTable() = default;
    RoleTable(
        const std::vector<std::shared_ptr<const RoleView>>& roles,
        const std::vector<std::shared_ptr<const BindingView>>& bindings);

    [[nodiscard]] bool allows(const User& user, const AccessRequest& request) const;
    /// Every rule that the user has in the namespace; cluster-wide ones alone if it is empty.
    [[nodiscard]] PolicyRules rules_of(const User& user, const std::string& namespace_name) const;
    /// The rules of a role, what it aggregates included; none if there is no such role.
    [[nodiscard]] PolicyRules rules_of_role(
        const std::string& namespace_name, const std::string& name) const;
    /// Those of a ClusterRole that may not be there yet: what it would aggregate.
    [[nodiscard]] PolicyRules rules_with_aggregation(const RoleView& role) const;

private:
    using RulesPtr = std::shared_ptr<const PolicyRules>;
    struct Grant {
        std::string namespace_name;  ///< empty: everywhere
        RulesPtr rules;
    };

    void add_roles(const std::vector<std::shared_ptr<const RoleView>>& roles);
    void add_binding(const BindingView& binding);
    /// Calls `visit` with the rules of each grant until it returns true.
    template <class Visit>
    bool any_grant(const User& user, const std::string& namespace_name, Visit visit) const;

    std::vector<std::shared_ptr<const RoleView>> cluster_roles_;
    std::unordered_map<std::string, RulesPtr> rules_;             // by "namespace/name"
    std::unordered_map<std::string, std::vector<Grant>> grants_;  // by subject
};

}  // namespace picket::apiserver
