#include "apiserver/auth/token_authenticator.hpp"

#include "apiserver/auth/service_account/issuer.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

Error unauthorized() {
    return {Reason::Unauthorized, "Unauthorized"};
}

User with_authenticated_group(User user) {
    user.groups.emplace_back(kAuthenticatedGroup);
    return user;
}

// The scheme compares without case, as HTTP wants.
std::optional<std::string_view> bearer(std::string_view header) {
    constexpr std::string_view kScheme = "bearer ";
    if (header.size() <= kScheme.size()) return std::nullopt;
    for (std::size_t i = 0; i < kScheme.size(); ++i) {
        if ((header[i] | (kScheme[i] == ' ' ? 0 : 0x20)) != kScheme[i]) return std::nullopt;
    }
    return header.substr(kScheme.size());
}

}  // namespace

Result<User> TokenAuthenticator::authenticate(const http::Headers& headers) {
    const auto header = headers.find("Authorization");
    if (!header) return User{std::string(kAnonymousUser), {"system:unauthenticated"}};
    const auto token = bearer(*header);
    if (!token) return unauthorized();
    return authenticate_token(*token);
}

Result<User> TokenAuthenticator::authenticate_token(std::string_view token) {
    if (accounts_ != nullptr && looks_like_jwt(token)) return authenticate_account(token);
    const auto parsed = parse_bearer_token(token);
    if (!parsed) return unauthorized();
    const auto* record = find(parsed->id);
    if (record == nullptr || !record->accepts(parsed->secret, clock_.now())) return unauthorized();
    return with_authenticated_group(record->user);
}

Result<User> TokenAuthenticator::authenticate_account(std::string_view token) {
    const auto claims = accounts_->verify(token, clock_.now());
    if (!claims || matching_audiences(*claims, {}).empty()) return unauthorized();
    return user_of(*claims);
}

const TokenRecord* TokenAuthenticator::find(const std::string& id) {
    const auto object = store_.get({std::string(kTokenResource), "", id});
    if (!object) {
        known_.erase(id);
        return nullptr;
    }
    auto& known = known_[id];
    if (known.object != object) {
        auto record = parse_token_record(parse_json(*object->bytes));
        if (!record) {
            known_.erase(id);
            return nullptr;
        }
        known = {object, std::move(*record)};
    }
    return &known.record;
}

}  // namespace picket::apiserver
