#pragma once
#include "apiserver/auth/service_account/claims.hpp"
#include "apiserver/auth/service_account/signing_key.hpp"
#include "apiserver/storage/store.hpp"

#include <unordered_map>

namespace picket::apiserver {

/// Says what a service-account token is worth now: signed by us, in its time, and its account and
/// what it is bound to are still there. A signature is checked once per token, an object read once
/// per version. Loop thread only.
class TokenVerifier {
public:
    TokenVerifier(const SigningKey& key, const storage::Store& store) : key_(key), store_(store) {}

    /// Unauthorized with the reason; audiences are the caller's to check.
    [[nodiscard]] Result<TokenClaims> verify(std::string_view token, TimePoint now);

private:
    struct Known {
        TokenClaims claims;
        std::vector<storage::StoredPtr> seen;  ///< versions that were found to be right
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };

    [[nodiscard]] Known* find(std::string_view token);
    [[nodiscard]] Result<void> check_bound(Known& known) const;

    const SigningKey& key_;
    const storage::Store& store_;
    std::unordered_map<std::string, Known, Hash, std::equal_to<>> known_;
};

}  // namespace picket::apiserver
