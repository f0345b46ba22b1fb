#include "apiserver/routes/access_reviews.hpp"
#include "apiserver/routes/backup.hpp"
#include "apiserver/routes/carried_watch.hpp"
#include "apiserver/routes/daemonset_routes.hpp"
#include "apiserver/routes/discovery.hpp"
#include "apiserver/routes/node_credential.hpp"
#include "apiserver/routes/node_page.hpp"
#include "apiserver/routes/object_handlers.hpp"
#include "apiserver/routes/openapi_routes.hpp"
#include "apiserver/routes/pod_actions.hpp"
#include "apiserver/routes/pod_command.hpp"
#include "apiserver/routes/pod_portforward.hpp"
#include "apiserver/routes/responses.hpp"
#include "apiserver/routes/router.hpp"
#include "apiserver/routes/service_paths.hpp"
#include "apiserver/routes/token_issuer.hpp"
#include "apiserver/routes/token_request.hpp"
#include "apiserver/routes/token_review.hpp"
#include "apiserver/routes/tunnel_routes.hpp"
#include "apiserver/routes/usage_routes.hpp"

#include <algorithm>
#include <string_view>

namespace picket::apiserver {
namespace {

struct PathRow {
    std::string_view path;
    bool prefix;  // also everything below it
    Handler handler;
};
constexpr PathRow kPaths[] = {
    {"/livez", false, get_health},
    {"/readyz", false, get_health},
    {"/healthz", false, get_health},
    {"/version", false, get_version},
    {"/metrics", false, get_metrics},
    {"/.well-known/openid-configuration", false, get_openid_configuration},
    {"/openid/v1/jwks", false, get_json_web_keys},
    {"/openapi/v2", false, get_openapi_v2},
    {"/openapi/v3", true, get_openapi_v3},
    {"/api", true, get_discovery},
    {"/apis", true, get_discovery},
};

/// What is no plain verb of a stored kind.
struct SpecialRow {
    std::string_view group_version;
    std::string_view resource;
    std::string_view subresource;
    std::string_view verb;
    Handler handler;
};
constexpr std::string_view kAuthorization = "authorization.k8s.io/v1";

constexpr SpecialRow kSpecial[] = {
    {"v1", "pods", "binding", "create", bind_pod},
    {"v1", "pods", "eviction", "create", evict_pod},
    {"v1", "pods", "log", "get", get_pod_log},
    {"v1", "serviceaccounts", "token", "create", create_service_account_token},
    {"authentication.k8s.io/v1", "tokenreviews", "", "create", review_token},
    {"v1", "pods", "exec", "create", open_pod_command},
    {"v1", "pods", "attach", "create", open_pod_command},
    {"v1", "pods", "portforward", "create", open_port_forward},
    {"v1", "nodes", "proxy", "get", proxy_node},
    {"metrics.k8s.io/v1beta1", "nodes", "", "get", get_node_metrics},
    {"metrics.k8s.io/v1beta1", "nodes", "", "list", list_node_metrics},
    {"metrics.k8s.io/v1beta1", "pods", "", "get", get_pod_metrics},
    {"metrics.k8s.io/v1beta1", "pods", "", "list", list_pod_metrics},
    {"v1", "namespaces", "finalize", "update", finalize_namespace},
    {"picket.dev/v1", "backups", "", "create", create_backup},
    {"picket.dev/v1", "tokens", "", "create", create_token},
    {"picket.dev/v1", "nodecredentials", "", "create", create_node_credential},
    {"picket.dev/v1", "nodes", "tunnel", "get", open_tunnel},
    {"picket.dev/v1", "nodes", "tunnel", "create", carry_watch},
    {"picket.dev/v1", "daemonsets", "placement", "get", get_placement},
    {"picket.dev/v1", "daemonsets", "plan", "create", plan_daemon_set},
    {"authentication.k8s.io/v1", "selfsubjectreviews", "", "create", review_self},
    {kAuthorization, "selfsubjectaccessreviews", "", "create", review_own_access},
    {kAuthorization, "selfsubjectrulesreviews", "", "create", review_own_rules},
    {kAuthorization, "subjectaccessreviews", "", "create", review_access},
    {kAuthorization, "localsubjectaccessreviews", "", "create", review_local_access},
};

struct VerbRow {
    std::string_view verb;
    Handler handler;
};
constexpr VerbRow kVerbs[] = {
    {"get", get_object},
    {"list", list_objects},
    {"watch", watch_objects},
    {"create", create_object},
    {"update", update_object},
    {"patch", patch_object},
    {"delete", delete_object},
    {"deletecollection", delete_collection},
};

bool matches(const PathRow& row, std::string_view path) {
    if (path == row.path) return true;
    return row.prefix && path.starts_with(row.path) && path[row.path.size()] == '/';
}

Result<Handler> find_path_handler(const RequestInfo& info) {
    for (const auto& row : kPaths) {
        if (!matches(row, info.path)) continue;
        if (info.verb == "get") return row.handler;
        return method_not_allowed_error(info.verb);
    }
    return unknown_path_error();
}

/// Set if the row's place is this request's, whatever the verb.
bool same_place(const SpecialRow& row, const RequestInfo& info) {
    return row.group_version == info.group_version && row.resource == info.resource &&
           row.subresource == info.subresource;
}

Handler find_special_handler(const RequestInfo& info) {
    for (const auto& row : kSpecial) {
        if (same_place(row, info) && row.verb == info.verb) return row.handler;
    }
    return nullptr;
}

bool is_special_place(const RequestInfo& info) {
    return std::ranges::any_of(
        kSpecial, [&](const SpecialRow& row) { return same_place(row, info); });
}

const Subresource* find_subresource(const Resource& resource, std::string_view name) {
    const auto found = std::ranges::find(resource.subresources, name, &Subresource::name);
    return found == resource.subresources.end() ? nullptr : &*found;
}

/// Which verbs there are at this place; NotFound if there is no such place.
Result<std::vector<std::string_view>> verbs_at(const RequestInfo& info, const Resource& resource) {
    if (info.subresource.empty()) return resource.verbs;
    const auto* subresource = find_subresource(resource, info.subresource);
    if (subresource == nullptr || !info.rest.empty()) return unknown_path_error();
    return subresource->verbs;
}

/// A namespaced object has a namespace in its path, a cluster-scoped one has none.
bool scope_fits(const RequestInfo& info, const Resource& resource) {
    return resource.namespaced ? info.name.empty() || !info.namespace_name.empty()
                               : info.namespace_name.empty();
}

/// What lies in several namespaces can only be read.
bool verb_fits_scope(const RequestInfo& info, const Resource& resource) {
    const bool across_all = resource.namespaced && info.namespace_name.empty();
    return !across_all || info.verb == "list" || info.verb == "watch";
}

/// What is made has no name in the path; what is changed has.
bool name_fits(const RequestInfo& info) {
    if (info.verb == "update" || info.verb == "patch") return !info.name.empty();
    return info.verb != "create" || info.name.empty() || !info.subresource.empty();
}

Result<Handler> find_verb_handler(const RequestInfo& info, const Resource& resource) {
    if (!scope_fits(info, resource)) return unknown_path_error();
    const auto verbs = verbs_at(info, resource);
    if (!verbs) return verbs.error();
    if (!name_fits(info) || !verb_fits_scope(info, resource) ||
        std::ranges::find(*verbs, info.verb) == verbs->end()) {
        return method_not_allowed_error(info.verb);
    }
    const auto row = std::ranges::find(kVerbs, info.verb, &VerbRow::verb);
    if (row == std::end(kVerbs)) return method_not_allowed_error(info.verb);
    return row->handler;
}

}  // namespace

Result<Handler> find_handler(const RequestInfo& info, const Resource* resource) {
    if (!info.resource_request) return find_path_handler(info);
    if (const auto special = find_special_handler(info)) return special;
    if (resource != nullptr) return find_verb_handler(info, *resource);
    if (is_special_place(info)) return method_not_allowed_error(info.verb);
    return unknown_path_error();
}

}  // namespace picket::apiserver
