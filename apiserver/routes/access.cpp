#include "apiserver/routes/access.hpp"

#include "apiserver/registry/document.hpp"
#include "apiserver/routes/pod_identity.hpp"
#include "common/api/pod.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

template <class Predicate>
bool any_element(const Json& list, Predicate predicate) {
    return list.is_array() && std::any_of(list.begin(), list.end(), predicate);
}

/// The two places where an object of this resource is named inside a container or a volume.
struct ReferenceNames {
    const char* env_from;   // envFrom[].configMapRef.name
    const char* env_value;  // env[].valueFrom.configMapKeyRef.name
    const char* volume;     // volumes[].configMap.name, volumes[].secret.secretName
    const char* volume_name;
    const char* projected;  // volumes[].projected.sources[].configMap.name
};
constexpr ReferenceNames kConfigMapNames{
    "configMapRef", "configMapKeyRef", "configMap", "name", "configMap"};
constexpr ReferenceNames kSecretNames{
    "secretRef", "secretKeyRef", "secret", "secretName", "secret"};

bool container_refers(const Json& container, const ReferenceNames& names, std::string_view wanted) {
    return any_element(
               registry::at(container, {"envFrom"}),
               [&](const Json& source) {
                   return registry::text_at(source, {names.env_from, "name"}) == wanted;
               }) ||
           any_element(registry::at(container, {"env"}), [&](const Json& variable) {
               return registry::text_at(variable, {"valueFrom", names.env_value, "name"}) == wanted;
           });
}

bool volume_refers(const Json& volume, const ReferenceNames& names, std::string_view wanted) {
    return registry::text_at(volume, {names.volume, names.volume_name}) == wanted ||
           any_element(registry::at(volume, {"projected", "sources"}), [&](const Json& source) {
               return registry::text_at(source, {names.projected, "name"}) == wanted;
           });
}

bool spec_refers(const Json& spec, const ReferenceNames& names, std::string_view wanted) {
    const auto container = [&](const Json& each) { return container_refers(each, names, wanted); };
    return any_element(registry::at(spec, {"containers"}), container) ||
           any_element(registry::at(spec, {"initContainers"}), container) ||
           any_element(registry::at(spec, {"ephemeralContainers"}), container) ||
           any_element(registry::at(spec, {"volumes"}), [&](const Json& volume) {
               return volume_refers(volume, names, wanted);
           });
}

bool is_pull_secret(const Json& spec, std::string_view wanted) {
    return any_element(registry::at(spec, {"imagePullSecrets"}), [&](const Json& reference) {
        return registry::text_at(reference, {"name"}) == wanted;
    });
}

/// The secrets of the revision that is to follow, whose images the node pulls ahead. A node makes
/// mirrors itself: what it writes there gives it nothing.
bool is_awaited_pull_secret(const Json& pod, std::string_view wanted) {
    if (is_mirror_pod(pod)) return false;
    const auto& annotations = registry::at(pod, {"metadata", "annotations"});
    const auto request =
        Json::parse(json_read::text(annotations, kPrefetchAnnotation), nullptr, false);
    return any_element(json_read::member(request, "imagePullSecrets"), [&](const Json& name) {
        return name.is_string() && name.get_ref<const std::string&>() == wanted;
    });
}

std::string service_account(const Json& spec) {
    auto name = registry::text_at(spec, {"serviceAccountName"});
    if (name.empty()) name = registry::text_at(spec, {"serviceAccount"});
    return name.empty() ? "default" : name;
}

/// Whoever may read a DaemonSet may read its placement, whoever may change it may plan a change.
void ask_as_for_the_set(AccessRequest& access) {
    if (access.group != "picket.dev" || access.resource != "daemonsets") return;
    access.group = "apps";
    if (access.subresource == "plan") access.verb = "update";
    access.subresource.clear();
}

}  // namespace

AccessRequest access_request(const RequestInfo& info, const http::Url& url) {
    AccessRequest access;
    access.resource_request = info.resource_request;
    access.verb = info.verb;
    access.path = info.path;
    access.group = split_group_version(info.group_version).group;
    access.resource = info.resource;
    access.subresource = info.subresource;
    access.namespace_name = info.namespace_name;
    access.name = info.name;
    ask_as_for_the_set(access);
    auto fields = parse_field_selector(url.parameter("fieldSelector").value_or(std::string_view()));
    if (fields) access.field_selector = std::move(*fields);
    return access;
}

bool StoreNodeFacts::pod_is_on_node(
    const std::string& namespace_name, const std::string& pod, const std::string& node) const {
    const auto found = store_.get({"pods", namespace_name, pod});
    // A pod that is gone is nobody's: the handler answers that it is not found.
    return !found || found->attributes.field("spec.nodeName") == node;
}

bool StoreNodeFacts::node_needs(
    const std::string& node,
    const std::string& resource,
    const std::string& namespace_name,
    const std::string& name) const {
    storage::Filter filter;
    filter.namespace_name = namespace_name;
    filter.field = {"spec.nodeName", node};
    const auto pods = store_.list("pods", filter, 0, std::nullopt);
    return std::ranges::any_of(pods.objects, [&](const storage::StoredPtr& pod) {
        return pod_refers_to(parse_json(*pod->bytes), resource, name);
    });
}

bool StoreNodeFacts::role_allows(const User& user, const AccessRequest& request) const {
    return roles_.table().allows(user, request);
}

bool pod_refers_to(const Json& pod, std::string_view resource, std::string_view name) {
    const auto& spec = registry::at(pod, {"spec"});
    if (resource == "configmaps") return spec_refers(spec, kConfigMapNames, name);
    if (resource == "serviceaccounts") return service_account(spec) == name;
    return resource == "secrets" &&
           (is_pull_secret(spec, name) || spec_refers(spec, kSecretNames, name) ||
            is_awaited_pull_secret(pod, name));
}

Result<Call> authorized_call(
    Services& services,
    const NodeFacts& facts,
    User user,
    http::Request request,
    http::Url url,
    RequestInfo info) {
    const auto allowed = authorize(user, access_request(info, url), facts);
    if (!allowed) return allowed.error();
    const auto* resource =
        info.resource_request ? find_resource(info.group_version, info.resource) : nullptr;
    return Call{
        services,
        std::move(request),
        std::move(url),
        std::move(info),
        std::move(user),
        services.clock.now(),
        resource};
}

}  // namespace picket::apiserver
