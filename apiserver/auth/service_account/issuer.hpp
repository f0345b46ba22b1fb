#pragma once
#include "apiserver/auth/service_account/signing_key.hpp"
#include "apiserver/auth/service_account/token_verifier.hpp"

namespace picket::apiserver {

/// The key of service-account tokens, and what is known about those that were shown. Lives as long
/// as the server; loop thread only.
class ServiceAccountIssuer {
public:
    ServiceAccountIssuer(SigningKey key, const storage::Store& store)
        : key_(std::move(key)), verifier_(key_, store) {}
    ServiceAccountIssuer(const ServiceAccountIssuer&) = delete;
    ServiceAccountIssuer& operator=(const ServiceAccountIssuer&) = delete;

    [[nodiscard]] std::string issue(const TokenClaims& claims) const {
        return key_.sign(to_json(claims));
    }
    /// Unauthorized with the reason.
    [[nodiscard]] Result<TokenClaims> verify(std::string_view token, TimePoint now) {
        return verifier_.verify(token, now);
    }
    [[nodiscard]] const Json& public_jwk() const { return key_.public_jwk(); }

private:
    SigningKey key_;
    TokenVerifier verifier_;
};

}  // namespace picket::apiserver
