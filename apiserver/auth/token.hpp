#pragma once
/// Bearer tokens: "<id>.<secret>". The store holds one Token object per id, with the hash of the
/// secret only.
#include "apiserver/auth/user.hpp"
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace picket::apiserver {

inline constexpr std::string_view kTokenGroupVersion = "picket.dev/v1";
inline constexpr std::string_view kTokenKind = "Token";
inline constexpr std::string_view kTokenResource = "tokens.picket.dev";

/// A token as its holder sends it.
struct BearerToken {
    std::string id;
    std::string secret;
    [[nodiscard]] std::string text() const { return id + "." + secret; }
};

/// Takes "<id>.<secret>" apart; the id may hold dots. A join token's third part, the CA's
/// fingerprint, is left out.
[[nodiscard]] std::optional<BearerToken> parse_bearer_token(std::string_view text);

/// A new token of this id with a random secret.
[[nodiscard]] BearerToken make_bearer_token(std::string id);
/// A random id, as `picket token create` gives.
[[nodiscard]] std::string random_token_id();

/// What a Token object says.
struct TokenRecord {
    std::string secret_hash;  ///< hex SHA-256 of the secret
    User user;
    std::string agent_id = {};  ///< of a node's credential: which agent asked for it
    std::string description = {};
    TimePoint created = {};
    std::optional<TimePoint> expires = std::nullopt;

    [[nodiscard]] bool accepts(std::string_view secret, TimePoint now) const;
};
[[nodiscard]] Json to_json(const TokenRecord& record, std::string_view id);
[[nodiscard]] Result<TokenRecord> parse_token_record(const Json& object);

}  // namespace picket::apiserver
