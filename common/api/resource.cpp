#include "common/api/resource.hpp"

#include "common/api/companion_resources.hpp"
#include "common/api/plain_kind.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace picket {
namespace {

// Functions, so that the table may be asked for while other translation units are still
// initialised.
Resource namespaces() {
    return with_verbs(
        with_status(with_subresources(
            plain_kind({"v1"}, "namespaces", "namespace", "Namespace", Scope::Cluster, {"ns"}),
            {{"finalize", "", "Namespace", {"update"}}})),
        {"create", "delete", "get", "list", "patch", "update", "watch"});
}

Resource nodes() {
    return with_status(with_subresources(
        plain_kind({"v1"}, "nodes", "node", "Node", Scope::Cluster, {"no"}),
        {{"proxy", "", "NodeProxyOptions", {"get"}}}));
}

Resource pods() {
    return in_category(
        with_status(with_subresources(
            plain_kind({"v1"}, "pods", "pod", "Pod", Scope::Namespace, {"po"}),
            {{"attach", "", "PodAttachOptions", {"create", "get"}},
             {"binding", "", "Binding", {"create"}},
             {"eviction", "policy/v1", "Eviction", {"create"}},
             {"exec", "", "PodExecOptions", {"create", "get"}},
             {"log", "", "Pod", {"get"}},
             {"portforward", "", "PodPortForwardOptions", {"create", "get"}}})),
        "all");
}

Resource service_accounts() {
    return with_subresources(
        plain_kind(
            {"v1"},
            "serviceaccounts",
            "serviceaccount",
            "ServiceAccount",
            Scope::Namespace,
            {"sa"}),
        {{"token", "authentication.k8s.io/v1", "TokenRequest", {"create"}}});
}

std::vector<Resource> core_resources() {
    return {
        plain_kind({"v1"}, "configmaps", "configmap", "ConfigMap", Scope::Namespace, {"cm"}),
        plain_kind({"v1"}, "events", "event", "Event", Scope::Namespace, {"ev"}),
        namespaces(),
        nodes(),
        pods(),
        plain_kind({"v1"}, "secrets", "secret", "Secret", Scope::Namespace),
        service_accounts(),
    };
}

Resource daemon_sets() {
    return in_category(
        with_status(plain_kind(
            {"apps/v1", "apps/v1beta2", "extensions/v1beta1"},
            "daemonsets",
            "daemonset",
            "DaemonSet",
            Scope::Namespace,
            {"ds"})),
        "all");
}

/// A token is made, shown and taken back; its secret cannot be changed, so there is nothing to
/// update.
Resource tokens() {
    return with_verbs(
        plain_kind({"picket.dev/v1"}, "tokens", "token", "Token", Scope::Cluster),
        {"create", "delete", "deletecollection", "get", "list", "watch"});
}

std::vector<Resource> group_resources() {
    return {
        plain_kind(
            {"apps/v1", "apps/v1beta2"},
            "controllerrevisions",
            "controllerrevision",
            "ControllerRevision",
            Scope::Namespace),
        daemon_sets(),
        plain_kind({"coordination.k8s.io/v1"}, "leases", "lease", "Lease", Scope::Namespace),
        tokens(),
    };
}

const std::vector<Resource>& resources() {
    static const std::vector<Resource> table = [] {
        auto all = core_resources();
        for (auto more :
             {companion_core_resources,
              group_resources,
              companion_group_resources,
              rbac_resources,
              kept_resources}) {
            for (auto& resource : more()) all.push_back(std::move(resource));
        }
        return all;
    }();
    return table;
}

std::string lower(std::string_view text) {
    return boost::algorithm::to_lower_copy(std::string(text));
}

bool is_called(const Resource& resource, std::string_view word) {
    return word == resource.plural || word == resource.singular || word == lower(resource.kind) ||
           std::ranges::find(resource.short_names, word) != resource.short_names.end();
}

/// `qualifier` is what follows the first dot: "apps" or "v1.apps".
bool is_in(const Resource& resource, std::string_view qualifier) {
    return std::ranges::any_of(resource.group_versions, [&](std::string_view group_version) {
        const auto [group, version] = split_group_version(group_version);
        return qualifier == group || qualifier == fmt::format("{}.{}", version, group);
    });
}

bool plain_in_path(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return std::isalnum(byte) != 0 ||
           std::string_view("-._~:@!$&'()*+,;=").find(c) != std::string_view::npos;
}

void append_segment(std::string& path, std::string_view segment) {
    if (segment.empty()) return;
    path += '/';
    for (const char c : segment) {
        if (plain_in_path(c)) {
            path += c;
        } else {
            path += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        }
    }
}

template <class Predicate>
const Resource* find_if(Predicate matches) {
    const auto found = std::ranges::find_if(resources(), matches);
    return found == resources().end() ? nullptr : &*found;
}

}  // namespace

std::string_view Resource::group() const {
    return split_group_version(group_versions.front()).group;
}

std::string Resource::qualified_name() const {
    return group().empty() ? std::string(plural) : fmt::format("{}.{}", plural, group());
}

bool Resource::serves(std::string_view group_version) const {
    return std::ranges::find(group_versions, group_version) != group_versions.end();
}

bool Resource::allows(std::string_view verb) const {
    return std::ranges::find(verbs, verb) != verbs.end();
}

std::span<const Resource> all_resources() {
    return resources();
}

const Resource* find_resource(std::string_view group_version, std::string_view plural) {
    return find_if([&](const Resource& resource) {
        return resource.plural == plural && resource.serves(group_version);
    });
}

const Resource* find_resource_by_kind(std::string_view group_version, std::string_view kind) {
    return find_if([&](const Resource& resource) {
        return resource.kind == kind && resource.serves(group_version);
    });
}

const Resource* find_resource_by_name(std::string_view name) {
    const auto lowered = lower(name);
    const auto dot = lowered.find('.');
    const auto word = lowered.substr(0, dot);
    const auto qualifier = dot == std::string::npos ? std::string() : lowered.substr(dot + 1);
    return find_if([&](const Resource& resource) {
        return is_called(resource, word) && (qualifier.empty() || is_in(resource, qualifier));
    });
}

std::string resource_path(
    std::string_view group_version,
    std::string_view plural,
    std::string_view namespace_name,
    std::string_view name,
    std::string_view subresource) {
    const bool core = split_group_version(group_version).group.empty();
    std::string path = fmt::format("{}{}", core ? "/api/" : "/apis/", group_version);
    if (!namespace_name.empty()) {
        append_segment(path, "namespaces");
        append_segment(path, namespace_name);
    }
    append_segment(path, plural);
    append_segment(path, name);
    append_segment(path, subresource);
    return path;
}

GroupVersion split_group_version(std::string_view group_version) {
    const auto slash = group_version.find('/');
    if (slash == std::string_view::npos) return {{}, group_version};
    return {group_version.substr(0, slash), group_version.substr(slash + 1)};
}

}  // namespace picket
