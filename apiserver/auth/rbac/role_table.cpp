#include "apiserver/auth/rbac/role_table.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace picket::apiserver {
namespace {

std::string role_key(const std::string& namespace_name, const std::string& name) {
    return namespace_name + "/" + name;
}

// A service account is a user of a certain name, so it needs no key of its own.
std::string user_key(std::string_view name) {
    return "u:" + std::string(name);
}
std::string group_key(std::string_view name) {
    return "g:" + std::string(name);
}

std::string subject_key(const BindingView::Subject& subject) {
    if (subject.kind == "Group") return group_key(subject.name);
    if (subject.kind == "User") return user_key(subject.name);
    return user_key(service_account_user(subject.namespace_name, subject.name));
}

LabelSelector parse_selector(const Json& selector) {
    auto parsed = LabelSelector::from_json(selector);
    // It passed validation; one that cannot be read matches nothing rather than everything.
    return parsed ? std::move(*parsed) : LabelSelector({{"", SelectorOperator::Exists, {}}});
}

BindingView::Subject parse_subject(const Json& subject) {
    return {
        json_read::text(subject, "kind"),
        json_read::text(subject, "namespace"),
        json_read::text(subject, "name")};
}

/// The roles reached by aggregation, itself included; a circle ends where it began.
class Aggregation {
public:
    explicit Aggregation(const std::vector<std::shared_ptr<const RoleView>>& roles)
        : roles_(roles) {}

    PolicyRules rules_of(const RoleView& role) {
        add(role);
        return std::move(rules_);
    }

private:
    void add(const RoleView& role) {
        if (!seen_.insert(role.name).second) return;
        rules_.insert(rules_.end(), role.rules.begin(), role.rules.end());
        for (const auto& selector : role.aggregates) {
            for (const auto& other : roles_) {
                if (selector.matches(other->labels)) add(*other);
            }
        }
    }

    const std::vector<std::shared_ptr<const RoleView>>& roles_;
    std::set<std::string> seen_;
    PolicyRules rules_;
};

}  // namespace

RoleView parse_role(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    const auto& aggregation = json_read::member(object, "aggregationRule");
    return {
        .namespace_name = json_read::text(metadata, "namespace"),
        .name = json_read::text(metadata, "name"),
        .labels = json_read::string_map(metadata, "labels"),
        .rules = parse_policy_rules(object),
        .aggregates =
            json_read::list<LabelSelector>(aggregation, "clusterRoleSelectors", parse_selector)};
}

BindingView parse_binding(const Json& object) {
    const auto& role = json_read::member(object, "roleRef");
    return {
        .namespace_name = json_read::text(json_read::member(object, "metadata"), "namespace"),
        .cluster_role = json_read::text(role, "kind") == "ClusterRole",
        .role = json_read::text(role, "name"),
        .subjects = json_read::list<BindingView::Subject>(object, "subjects", parse_subject)};
}

RoleTable::RoleTable(
    const std::vector<std::shared_ptr<const RoleView>>& roles,
    const std::vector<std::shared_ptr<const BindingView>>& bindings) {
    add_roles(roles);
    for (const auto& binding : bindings) add_binding(*binding);
}

void RoleTable::add_roles(const std::vector<std::shared_ptr<const RoleView>>& roles) {
    for (const auto& role : roles) {
        if (role->namespace_name.empty()) cluster_roles_.push_back(role);
    }
    for (const auto& role : roles) {
        rules_[role_key(role->namespace_name, role->name)] =
            role->aggregates.empty()
                ? RulesPtr(role, &role->rules)
                : std::make_shared<const PolicyRules>(rules_with_aggregation(*role));
    }
}

void RoleTable::add_binding(const BindingView& binding) {
    const auto scope = binding.cluster_role ? std::string() : binding.namespace_name;
    const auto rules = rules_.find(role_key(scope, binding.role));
    if (rules == rules_.end()) return;
    for (const auto& subject : binding.subjects) {
        grants_[subject_key(subject)].push_back({binding.namespace_name, rules->second});
    }
}

template <class Visit>
bool RoleTable::any_grant(const User& user, const std::string& namespace_name, Visit visit) const {
    const auto any_of_subject = [&](const std::string& key) {
        const auto found = grants_.find(key);
        if (found == grants_.end()) return false;
        return std::ranges::any_of(found->second, [&](const Grant& grant) {
            const bool here =
                grant.namespace_name.empty() || grant.namespace_name == namespace_name;
            return here && visit(grant.namespace_name.empty(), *grant.rules);
        });
    };
    return any_of_subject(user_key(user.name)) ||
           std::ranges::any_of(user.groups, [&](const std::string& group) {
               return any_of_subject(group_key(group));
           });
}

bool RoleTable::allows(const User& user, const AccessRequest& request) const {
    return any_grant(
        user, request.namespace_name, [&](bool /*everywhere*/, const PolicyRules& rules) {
            return std::ranges::any_of(
                rules, [&](const PolicyRule& rule) { return rule_allows(rule, request); });
        });
}

PolicyRules RoleTable::rules_of(const User& user, const std::string& namespace_name) const {
    PolicyRules all;
    any_grant(user, namespace_name, [&](bool everywhere, const PolicyRules& rules) {
        for (const auto& rule : rules) {
            if (everywhere || rule.paths.empty()) all.push_back(rule);
        }
        return false;
    });
    return all;
}

PolicyRules RoleTable::rules_of_role(
    const std::string& namespace_name, const std::string& name) const {
    const auto found = rules_.find(role_key(namespace_name, name));
    return found == rules_.end() ? PolicyRules() : *found->second;
}

PolicyRules RoleTable::rules_with_aggregation(const RoleView& role) const {
    return Aggregation(cluster_roles_).rules_of(role);
}

}  // namespace picket::apiserver
