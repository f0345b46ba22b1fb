#include "apiserver/auth/user_rules.hpp"

namespace picket::apiserver {
namespace {

using Words = std::vector<std::string>;

const Words kAll = {"*"};

PathRule public_paths() {
    return {{"get"}, {"/healthz", "/livez", "/readyz", "/version"}};
}

PathRule descriptive_paths() {
    return {{"get"}, {"/api", "/api/*", "/apis", "/apis/*", "/openapi", "/openapi/*"}};
}

void add_self_reviews(UserRules& rules) {
    rules.resources.push_back({{"create"}, {"authentication.k8s.io"}, {"selfsubjectreviews"}, {}});
    rules.resources.push_back(
        {{"create"},
         {"authorization.k8s.io"},
         {"selfsubjectaccessreviews", "selfsubjectrulesreviews"},
         {}});
}

void add_node_rules(const std::string& node, UserRules& rules) {
    const Words mine = {node};
    rules.resources.push_back({{"create"}, {""}, {"nodes"}, {}});
    rules.resources.push_back(
        {{"get", "list", "watch", "update", "patch", "delete"},
         {""},
         {"nodes", "nodes/status"},
         mine});
    rules.resources.push_back({{"create", "patch", "update"}, {""}, {"events"}, {}});
    rules.resources.push_back({{"get"}, {"picket.dev"}, {"nodes/tunnel"}, mine});
    rules.incomplete =
        "a node may also use its own Lease, the pods bound to it, and what those pods refer to";
}

void add_role_rules(const PolicyRules& by_roles, UserRules& rules) {
    for (const auto& rule : by_roles) {
        if (!rule.resources.empty()) {
            rules.resources.push_back(
                {rule.verbs, rule.api_groups, rule.resources, rule.resource_names});
        }
        if (!rule.paths.empty()) rules.paths.push_back({rule.verbs, rule.paths});
    }
}

}  // namespace

UserRules rules_of(const User& user, const PolicyRules& by_roles) {
    UserRules rules;
    if (user.in_group(kMastersGroup)) {
        rules.resources.push_back({kAll, kAll, kAll, {}});
        rules.paths.push_back({kAll, kAll});
        return rules;
    }
    rules.paths.push_back(public_paths());
    if (user.in_group(kJoinGroup)) {
        rules.resources.push_back({{"create"}, {"picket.dev"}, {"nodecredentials"}, {}});
        return rules;
    }
    if (user.anonymous()) return rules;
    rules.paths.push_back(descriptive_paths());
    add_self_reviews(rules);
    if (user.name == kControllerUser) {
        rules.resources.push_back({kAll, kAll, kAll, {}});
        rules.incomplete = "tokens and node credentials are not among them";
    }
    if (const auto node = user.node()) add_node_rules(std::string(*node), rules);
    add_role_rules(by_roles, rules);
    return rules;
}

}  // namespace picket::apiserver
