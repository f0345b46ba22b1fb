#include "apiserver/auth/service_account/claims.hpp"

#include "common/api/json_read.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

constexpr const char* kPrivateClaim = "kubernetes.io";

std::int64_t unix_seconds(TimePoint time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

TimePoint from_unix(std::int64_t seconds) {
    return TimePoint(std::chrono::seconds(seconds));
}

Json named(const NamedUid& object) {
    return {{"name", object.name}, {"uid", object.uid}};
}

std::optional<NamedUid> parse_named(const Json& parent, const char* key) {
    const auto& object = json_read::member(parent, key);
    if (!object.is_object()) return std::nullopt;
    return NamedUid{json_read::text(object, "name"), json_read::text(object, "uid")};
}

void add_named(Json& parent, const char* key, const std::optional<NamedUid>& object) {
    if (object) parent[key] = named(*object);
}

/// A single audience may stand without a list.
std::vector<std::string> parse_audiences(const Json& claims) {
    const auto& audience = json_read::member(claims, "aud");
    if (audience.is_string()) return {audience.get<std::string>()};
    return json_read::strings(claims, "aud");
}

}  // namespace

Json to_json(const TokenClaims& claims) {
    Json bound = {{"namespace", claims.namespace_name}, {"serviceaccount", named(claims.account)}};
    add_named(bound, "pod", claims.pod);
    add_named(bound, "secret", claims.secret);
    add_named(bound, "node", claims.node);
    return {
        {"iss", kTokenIssuer},
        {"aud", claims.audiences},
        {"sub", service_account_user(claims.namespace_name, claims.account.name)},
        {"iat", unix_seconds(claims.issued)},
        {"nbf", unix_seconds(claims.issued)},
        {"exp", unix_seconds(claims.expires)},
        {"jti", claims.id},
        {kPrivateClaim, std::move(bound)}};
}

std::optional<TokenClaims> parse_claims(const Json& claims) {
    const auto& bound = json_read::member(claims, kPrivateClaim);
    const auto account = parse_named(bound, "serviceaccount");
    if (json_read::text(claims, "iss") != kTokenIssuer || !account || account->name.empty()) {
        return std::nullopt;
    }
    return TokenClaims{
        .namespace_name = json_read::text(bound, "namespace"),
        .account = *account,
        .pod = parse_named(bound, "pod"),
        .secret = parse_named(bound, "secret"),
        .node = parse_named(bound, "node"),
        .audiences = parse_audiences(claims),
        .issued = from_unix(json_read::integer(claims, "iat")),
        .expires = from_unix(json_read::integer(claims, "exp")),
        .id = json_read::text(claims, "jti")};
}

std::vector<std::string> matching_audiences(
    const TokenClaims& claims, const std::vector<std::string>& wanted) {
    const std::vector<std::string> own = {std::string(kTokenIssuer)};
    std::vector<std::string> matching;
    for (const auto& audience : wanted.empty() ? own : wanted) {
        if (std::ranges::find(claims.audiences, audience) != claims.audiences.end()) {
            matching.push_back(audience);
        }
    }
    return matching;
}

User user_of(const TokenClaims& claims) {
    User user{
        service_account_user(claims.namespace_name, claims.account.name),
        {std::string(kServiceAccountsGroup),
         std::string(kServiceAccountsGroup) + ":" + claims.namespace_name,
         std::string(kAuthenticatedGroup)}};
    user.uid = claims.account.uid;
    user.extra["authentication.kubernetes.io/credential-id"] = {"JTI=" + claims.id};
    if (claims.pod) {
        user.extra["authentication.kubernetes.io/pod-name"] = {claims.pod->name};
        user.extra["authentication.kubernetes.io/pod-uid"] = {claims.pod->uid};
    }
    if (claims.node) {
        user.extra["authentication.kubernetes.io/node-name"] = {claims.node->name};
        user.extra["authentication.kubernetes.io/node-uid"] = {claims.node->uid};
    }
    return user;
}

}  // namespace picket::apiserver
