#include "apiserver/auth/authorizer.hpp"

#include "apiserver/registry/document.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace picket::apiserver {
namespace {

constexpr std::string_view kLeaseNamespace = "kube-node-lease";
constexpr std::string_view kLeaseGroup = "coordination.k8s.io";
constexpr std::string_view kOwnGroup = "picket.dev";

template <std::size_t N>
bool one_of(std::string_view word, const std::array<std::string_view, N>& words) {
    return std::ranges::find(words, word) != words.end();
}

std::string in_group_text(const AccessRequest& request) {
    return fmt::format("in API group \"{}\"", request.group);
}

std::string scope_text(const AccessRequest& request) {
    if (request.namespace_name.empty()) return "at the cluster scope";
    return fmt::format("in the namespace \"{}\"", request.namespace_name);
}

std::string named_resource(const AccessRequest& request) {
    std::string text = request.resource;
    if (!request.group.empty()) text += "." + request.group;
    if (!request.name.empty()) text += fmt::format(" \"{}\"", request.name);
    return text;
}

std::string forbidden_text(
    const User& user, const AccessRequest& request, std::string_view because) {
    std::string text = request.resource_request
                           ? fmt::format(
                                 "{} is forbidden: User \"{}\" cannot {} resource \"{}\" {} {}",
                                 named_resource(request),
                                 user.name,
                                 request.verb,
                                 request.qualified_resource(),
                                 in_group_text(request),
                                 scope_text(request))
                           : fmt::format(
                                 "forbidden: User \"{}\" cannot {} path \"{}\"",
                                 user.name,
                                 request.verb,
                                 request.path);
    if (!because.empty()) text.append(": ").append(because);
    return text;
}

Error deny(const User& user, const AccessRequest& request, std::string_view because = {}) {
    if (user.anonymous()) return {Reason::Unauthorized, "Unauthorized"};
    Error error{Reason::Forbidden, forbidden_text(user, request, because)};
    error.name = request.name;
    error.group = request.group;
    error.kind = request.resource;
    return error;
}

bool is_public_path(const AccessRequest& request) {
    constexpr std::array<std::string_view, 4> kPublic = {
        "/livez", "/readyz", "/healthz", "/version"};
    return !request.resource_request && request.verb == "get" && one_of(request.path, kPublic);
}

bool is_descriptive_path(const AccessRequest& request) {
    return !request.resource_request && request.verb == "get" && request.path != "/metrics";
}

/// Everybody may ask who they are and what they may do.
bool is_self_review(const AccessRequest& request) {
    if (request.verb != "create" || !request.subresource.empty()) return false;
    if (request.group == "authentication.k8s.io") return request.resource == "selfsubjectreviews";
    return request.group == "authorization.k8s.io" &&
           (request.resource == "selfsubjectaccessreviews" ||
            request.resource == "selfsubjectrulesreviews");
}

/// What would let its holder act as anybody: a backup has the keys in it.
bool is_credential(const AccessRequest& request) {
    constexpr std::array<std::string_view, 3> kCredentials = {
        "tokens", "nodecredentials", "backups"};
    return request.group == kOwnGroup && one_of(request.resource, kCredentials);
}

bool join_may(const AccessRequest& request) {
    return request.group == kOwnGroup && request.resource == "nodecredentials" &&
           request.verb == "create";
}

bool selects(const AccessRequest& request, std::string_view field, std::string_view value) {
    return std::ranges::any_of(request.field_selector, [&](const FieldRequirement& wanted) {
        return wanted.equal && wanted.field == field && wanted.value == value;
    });
}

/// Rules for the requests of one node's agent. Each returns why the request is denied, or nothing.
using Denied = std::optional<std::string_view>;

Denied node_and_nodes(std::string_view node, const AccessRequest& request) {
    if (request.verb == "create") return std::nullopt;  // the body is checked once it is decoded
    if (request.verb == "deletecollection") return "a node may not delete nodes";
    if (request.effective_name() == node) return std::nullopt;
    return "a node may use only its own Node object";
}

Denied node_and_leases(std::string_view node, const AccessRequest& request) {
    if (request.namespace_name != kLeaseNamespace) {
        return "a node may use leases only in kube-node-lease";
    }
    if (request.verb == "create" || request.effective_name() == node) return std::nullopt;
    return "a node may use only its own Lease";
}

Denied node_and_pod_writes(
    const std::string& node, const AccessRequest& request, const NodeFacts& facts) {
    if (request.verb == "create" && request.subresource.empty()) return std::nullopt;
    const bool status_write =
        request.subresource == "status" && (request.verb == "patch" || request.verb == "update");
    if (request.verb != "get" && request.verb != "delete" && !status_write) {
        return "a node may only report the status of its pods and delete them";
    }
    const bool named = !request.name.empty();
    if (named && facts.pod_is_on_node(request.namespace_name, request.name, node))
        return std::nullopt;
    return "the pod is not bound to this node";
}

Denied node_and_pods(
    const std::string& node, const AccessRequest& request, const NodeFacts& facts) {
    if (request.verb != "list" && request.verb != "watch") {
        return node_and_pod_writes(node, request, facts);
    }
    if (selects(request, "spec.nodeName", node)) return std::nullopt;
    return "a node may select only its own pods, with fieldSelector spec.nodeName";
}

Denied node_and_references(
    const std::string& node, const AccessRequest& request, const NodeFacts& facts) {
    constexpr std::array<std::string_view, 3> kReads = {"get", "list", "watch"};
    const bool token = request.subresource == "token" && request.verb == "create";
    if (!token && !one_of(request.verb, kReads)) return "a node may only read this";
    const auto name = request.effective_name();
    if (name.empty() || request.namespace_name.empty()) {
        return "a node may read this only by name, with fieldSelector metadata.name";
    }
    if (facts.node_needs(node, request.resource, request.namespace_name, name)) {
        return std::nullopt;
    }
    return "no pod on this node refers to it";
}

Denied node_and_events(const AccessRequest& request) {
    constexpr std::array<std::string_view, 3> kWrites = {"create", "patch", "update"};
    if (one_of(request.verb, kWrites)) return std::nullopt;
    return "a node may only record events";
}

Denied node_and_core(
    const std::string& node, const AccessRequest& request, const NodeFacts& facts) {
    constexpr std::array<std::string_view, 3> kReferenced = {
        "configmaps", "secrets", "serviceaccounts"};
    if (request.resource == "nodes") return node_and_nodes(node, request);
    if (request.resource == "pods") return node_and_pods(node, request, facts);
    if (request.resource == "events") return node_and_events(request);
    if (one_of(request.resource, kReferenced)) return node_and_references(node, request, facts);
    return "a node has no business with it";
}

Denied node_and_own_group(std::string_view node, const AccessRequest& request) {
    const bool tunnel = request.resource == "nodes" && request.subresource == "tunnel";
    if (tunnel && request.name == node) return std::nullopt;
    return "a node may open only its own tunnel";
}

Denied node_denied(const std::string& node, const AccessRequest& request, const NodeFacts& facts) {
    if (request.group.empty()) return node_and_core(node, request, facts);
    if (request.group == kLeaseGroup && request.resource == "leases") {
        return node_and_leases(node, request);
    }
    if (request.group == kOwnGroup) return node_and_own_group(node, request);
    return "a node has no business with it";
}

Denied created_object_denied(
    std::string_view node, const AccessRequest& request, const Json& object) {
    if (request.resource == "pods" && registry::text_at(object, {"spec", "nodeName"}) != node) {
        return "a node may create only pods that are bound to itself";
    }
    const bool by_name = request.resource == "nodes" || request.resource == "leases";
    if (by_name && registry::text_at(object, {"metadata", "name"}) != node) {
        return "a node may create only what bears its own name";
    }
    return std::nullopt;
}

}  // namespace

Result<void> authorize(const User& user, const AccessRequest& request, const NodeFacts& facts) {
    if (is_public_path(request) || user.in_group(kMastersGroup)) return Ok();
    if (user.in_group(kJoinGroup)) {
        if (join_may(request)) return Ok();
        return deny(user, request, "a join token may only register a node");
    }
    if (user.anonymous()) return deny(user, request);
    if (is_descriptive_path(request) || is_self_review(request)) return Ok();
    if (user.name == kControllerUser && request.resource_request && !is_credential(request) &&
        request.verb != "impersonate") {
        return Ok();
    }
    const auto node = user.node();
    Denied denied = "";
    if (node && request.resource_request) denied = node_denied(std::string(*node), request, facts);
    if (!denied || facts.role_allows(user, request)) return Ok();
    return deny(user, request, *denied);
}

Result<void> authorize_created_object(
    const User& user, const AccessRequest& request, const Json& object) {
    const auto node = user.node();
    if (!node) return Ok();
    const auto denied = created_object_denied(*node, request, object);
    if (denied) return deny(user, request, *denied);
    return Ok();
}

}  // namespace picket::apiserver
