#pragma once
#include "apiserver/auth/rbac/policy_rule.hpp"
#include "apiserver/auth/user.hpp"

#include <string>
#include <vector>

namespace picket::apiserver {

/// What a user may do with objects: a rule as SelfSubjectRulesReview shows it.
struct ResourceRule {
    std::vector<std::string> verbs;
    std::vector<std::string> groups;
    std::vector<std::string> resources;
    std::vector<std::string> names;  ///< empty: all
};

/// What a user may do with paths that are not about objects.
struct PathRule {
    std::vector<std::string> verbs;
    std::vector<std::string> paths;
};

struct UserRules {
    std::vector<ResourceRule> resources;
    std::vector<PathRule> paths;
    /// Set if more is allowed than rules can say: what a node may read follows from its pods.
    std::string incomplete;
};

/// The authorizer's decisions about a user, as far as they can be listed. Agrees with authorize().
/// `by_roles`: what roles give it.
[[nodiscard]] UserRules rules_of(const User& user, const PolicyRules& by_roles = {});

}  // namespace picket::apiserver
