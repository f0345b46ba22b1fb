#include "apiserver/routes/escalation.hpp"

#include "apiserver/registry/document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

constexpr std::string_view kRoleGroup = "rbac.authorization.k8s.io";

/// Those who may do everything anyway, and the server's own parts.
bool is_trusted(const User& user) {
    return user.in_group(kMastersGroup) || user.name == kControllerUser;
}

bool user_may(
    const RoleTable& roles,
    const User& user,
    std::string verb,
    std::string resource,
    std::string namespace_name,
    std::string name) {
    AccessRequest request;
    request.resource_request = true;
    request.verb = std::move(verb);
    request.group = kRoleGroup;
    request.resource = std::move(resource);
    request.namespace_name = std::move(namespace_name);
    request.name = std::move(name);
    return roles.allows(user, request);
}

Result<void> must_hold(
    const RoleTable& roles,
    const User& user,
    const Resource& resource,
    const Json& object,
    const PolicyRules& wanted) {
    const auto scope = registry::text_at(object, {"metadata", "namespace"});
    const auto missing = first_uncovered(roles.rules_of(user, scope), wanted);
    if (missing.empty()) return Ok();
    const auto name = registry::text_at(object, {"metadata", "name"});
    Error error{
        Reason::Forbidden,
        fmt::format(
            "{} \"{}\" is forbidden: user \"{}\" is attempting to grant RBAC permissions not "
            "currently held: {}",
            resource.qualified_name(),
            name,
            user.name,
            missing)};
    error.name = name;
    error.group = resource.group();
    error.kind = resource.plural;
    return error;
}

Result<void> check_role(
    const RoleTable& roles, const User& user, const Resource& resource, const Json& object) {
    const auto role = parse_role(object);
    if (user_may(
            roles,
            user,
            "escalate",
            std::string(resource.plural),
            role.namespace_name,
            role.name)) {
        return Ok();
    }
    return must_hold(roles, user, resource, object, roles.rules_with_aggregation(role));
}

Result<void> check_binding(
    const RoleTable& roles, const User& user, const Resource& resource, const Json& object) {
    const auto binding = parse_binding(object);
    const std::string kind = binding.cluster_role ? "clusterroles" : "roles";
    if (user_may(roles, user, "bind", kind, binding.namespace_name, binding.role)) return Ok();
    const auto scope = binding.cluster_role ? std::string() : binding.namespace_name;
    return must_hold(roles, user, resource, object, roles.rules_of_role(scope, binding.role));
}

}  // namespace

Result<void> check_escalation(
    Services& services, const User& user, const Resource& resource, const Json& object) {
    if (resource.group() != kRoleGroup || is_trusted(user)) return Ok();
    const auto& roles = services.roles.table();
    const bool binding =
        resource.plural == "rolebindings" || resource.plural == "clusterrolebindings";
    return binding ? check_binding(roles, user, resource, object)
                   : check_role(roles, user, resource, object);
}

}  // namespace picket::apiserver
