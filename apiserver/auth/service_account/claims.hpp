#pragma once
/// What a service-account token says. Pure.
#include "apiserver/auth/user.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace picket::apiserver {

/// Who signs, and what a token for this server is meant for.
inline constexpr std::string_view kTokenIssuer = "https://kubernetes.default.svc.cluster.local";

struct NamedUid {
    std::string name;
    std::string uid;
    bool operator==(const NamedUid&) const = default;
};

struct TokenClaims {
    std::string namespace_name;
    NamedUid account;
    std::optional<NamedUid> pod;     ///< the token ends with it
    std::optional<NamedUid> secret;  ///< or with this
    std::optional<NamedUid> node;    ///< where the pod is; for those who ask
    std::vector<std::string> audiences;
    TimePoint issued;
    TimePoint expires;
    std::string id;
};
[[nodiscard]] Json to_json(const TokenClaims& claims);
/// Nothing if it is no token of ours: another issuer, or something is missing.
[[nodiscard]] std::optional<TokenClaims> parse_claims(const Json& claims);

/// The audiences among `wanted` that the token is for; `wanted` empty: this server.
[[nodiscard]] std::vector<std::string> matching_audiences(
    const TokenClaims& claims, const std::vector<std::string>& wanted);

/// Its `extra` names the token, and the pod and node that it is bound to.
[[nodiscard]] User user_of(const TokenClaims& claims);

}  // namespace picket::apiserver
