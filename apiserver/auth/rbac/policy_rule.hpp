#pragma once
#include "apiserver/auth/access_request.hpp"
#include "common/base/json.hpp"

#include <string>
#include <vector>

namespace picket::apiserver {

/// One rule of a Role or ClusterRole: verbs on resources, or verbs on paths.
struct PolicyRule {
    std::vector<std::string> verbs;
    std::vector<std::string> api_groups;
    std::vector<std::string> resources;       ///< "pods", "pods/log", "*/scale", "*"
    std::vector<std::string> resource_names;  ///< empty: all
    std::vector<std::string> paths;           ///< "/metrics", "/openapi/*"
};
using PolicyRules = std::vector<PolicyRule>;

[[nodiscard]] PolicyRules parse_policy_rules(const Json& role);

[[nodiscard]] bool rule_allows(const PolicyRule& rule, const AccessRequest& request);

/// The first part of `wanted` that no rule of `held` covers, as people read it; empty if all is
/// covered. Whoever gives rights away must have them.
[[nodiscard]] std::string first_uncovered(const PolicyRules& held, const PolicyRules& wanted);

}  // namespace picket::apiserver
