#include "apiserver/routes/token_request.hpp"

#include "apiserver/auth/service_account/issuer.hpp"
#include "apiserver/registry/document.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/status.hpp"
#include "common/base/field_error.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

using registry::text_at;
using std::chrono::seconds;

constexpr std::int64_t kDefaultLifetime = 3600;
constexpr std::int64_t kLeastLifetime = 600;
constexpr std::int64_t kLongestLifetime = 366 * 24 * 3600;
constexpr std::size_t kMaxAudiences = 16;

Error invalid_request(FieldError cause) {
    return invalid_error("authentication.k8s.io", "TokenRequest", "", {std::move(cause)});
}

Result<seconds> lifetime_of(const Json& spec) {
    const auto wanted = json_read::integer(spec, "expirationSeconds", kDefaultLifetime);
    if (wanted >= kLeastLifetime && wanted <= kLongestLifetime) return seconds(wanted);
    return invalid_request(field::invalid(
        "spec.expirationSeconds",
        wanted,
        fmt::format("must be between {} and {} seconds", kLeastLifetime, kLongestLifetime)));
}

Result<std::vector<std::string>> audiences_of(const Json& spec) {
    auto audiences = json_read::strings(spec, "audiences");
    if (audiences.empty()) return std::vector<std::string>{std::string(kTokenIssuer)};
    if (audiences.size() <= kMaxAudiences) return audiences;
    return invalid_request(field::too_many(
        "spec.audiences", fmt::format("must have at most {} items", kMaxAudiences)));
}

/// The stored object of this name in the namespace of the call.
Result<Json> named_object(const Call& call, const char* resource, const std::string& name) {
    const auto found = call.services.store.get({resource, call.info.namespace_name, name});
    if (!found) return not_found_error(resource, name);
    return parse_json(*found->bytes);
}

NamedUid name_and_uid(const Json& object) {
    return {text_at(object, {"metadata", "name"}), text_at(object, {"metadata", "uid"})};
}

Error wrong_node() {
    return {
        Reason::Forbidden,
        "a node may request a token only for a pod that is bound to it (spec.boundObjectRef)"};
}

/// Binds the token to the pod: it must be the account's, and for a node, on that node.
Result<void> bind_to_pod(const Call& call, const Json& pod, TokenClaims& claims) {
    const auto node = text_at(pod, {"spec", "nodeName"});
    const auto sender = call.user.node();
    if (sender && *sender != node) return wrong_node();
    if (text_at(pod, {"spec", "serviceAccountName"}) != claims.account.name) {
        return bad_request(fmt::format(
            "cannot bind token for serviceaccount \"{}\" to pod running with different "
            "serviceaccount name",
            claims.account.name));
    }
    claims.pod = name_and_uid(pod);
    if (node.empty()) return Ok();
    const auto object = call.services.store.get({"nodes", "", node});
    claims.node = object ? name_and_uid(parse_json(*object->bytes)) : NamedUid{node, ""};
    return Ok();
}

Result<void> bind_token(const Call& call, const Json& reference, TokenClaims& claims) {
    if (!reference.is_object()) return call.user.node() ? Result<void>(wrong_node()) : Ok();
    const auto kind = text_at(reference, {"kind"});
    const bool pod = kind == "Pod";
    if (!pod && kind != "Secret") {
        return invalid_request(
            field::not_supported("spec.boundObjectRef.kind", kind, {"Pod", "Secret"}));
    }
    if (!pod && call.user.node()) return wrong_node();
    const auto object = named_object(call, pod ? "pods" : "secrets", text_at(reference, {"name"}));
    if (!object) return object.error();
    const auto uid = text_at(reference, {"uid"});
    const auto bound = name_and_uid(*object);
    if (!uid.empty() && uid != bound.uid) {
        return conflict_error(pod ? "pods" : "secrets", bound.name);
    }
    if (pod) return bind_to_pod(call, *object, claims);
    claims.secret = bound;
    return Ok();
}

Result<TokenClaims> plan_claims(const Call& call, const Json& spec) {
    const auto account = named_object(call, "serviceaccounts", call.info.name);
    if (!account) return account.error();
    const auto lifetime = lifetime_of(spec);
    if (!lifetime) return lifetime.error();
    auto audiences = audiences_of(spec);
    if (!audiences) return audiences.error();
    TokenClaims claims;
    claims.namespace_name = call.info.namespace_name;
    claims.account = name_and_uid(*account);
    claims.audiences = std::move(*audiences);
    // A token knows whole seconds only.
    claims.issued = std::chrono::floor<seconds>(call.now);
    claims.expires = claims.issued + *lifetime;
    claims.id = call.services.random.uuid();
    const auto bound = bind_token(call, registry::at(spec, {"boundObjectRef"}), claims);
    if (!bound) return bound.error();
    return claims;
}

}  // namespace

Awaitable<Result<http::Response>> create_service_account_token(Call call) {
    auto request = object_body_of_call(call);
    if (!request) co_return request.error();
    auto& spec = registry::object_in(*request, "spec");
    const auto claims = plan_claims(call, spec);
    if (!claims) co_return claims.error();
    (*request)["kind"] = "TokenRequest";
    (*request)["apiVersion"] = "authentication.k8s.io/v1";
    auto& metadata = registry::object_in(*request, "metadata");
    metadata["name"] = claims->account.name;
    metadata["namespace"] = claims->namespace_name;
    metadata["creationTimestamp"] = format_time(call.now);
    spec["audiences"] = claims->audiences;
    spec["expirationSeconds"] =
        std::chrono::duration_cast<seconds>(claims->expires - claims->issued).count();
    (*request)["status"] = {
        {"token", call.services.accounts.issue(*claims)},
        {"expirationTimestamp", format_time(claims->expires)}};
    co_return json_response(201, *request);
}

}  // namespace picket::apiserver
