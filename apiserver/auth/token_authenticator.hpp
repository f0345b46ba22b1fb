#pragma once
#include "apiserver/auth/token.hpp"
#include "apiserver/storage/store.hpp"
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace picket::apiserver {

class ServiceAccountIssuer;

/// Says who sends a request, by its bearer token. Always agrees with the store: a record is read
/// from it once per version of the Token object. Loop thread only.
class TokenAuthenticator {
public:
    /// `accounts` may be null: then service-account tokens are unknown.
    TokenAuthenticator(
        const storage::Store& store, const Clock& clock, ServiceAccountIssuer* accounts = nullptr)
        : store_(store), clock_(clock), accounts_(accounts) {}

    /// No Authorization header: the anonymous user. A token that is unknown, wrong or expired:
    /// Unauthorized.
    [[nodiscard]] Result<User> authenticate(const http::Headers& headers);
    [[nodiscard]] Result<User> authenticate_token(std::string_view token);

private:
    [[nodiscard]] Result<User> authenticate_account(std::string_view token);
    struct Known {
        storage::StoredPtr object;
        TokenRecord record;
    };
    [[nodiscard]] const TokenRecord* find(const std::string& id);

    const storage::Store& store_;
    const Clock& clock_;
    ServiceAccountIssuer* accounts_;
    std::unordered_map<std::string, Known> known_;
};

}  // namespace picket::apiserver
