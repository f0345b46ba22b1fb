#include "apiserver/auth/service_account/token_verifier.hpp"

#include "common/api/json_read.hpp"
#include "common/base/json_text.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

/// Beyond this all are forgotten and checked anew: simpler than deciding which, and rare.
constexpr std::size_t kMaxKnownTokens = 50'000;

Error worthless(std::string why) {
    return {Reason::Unauthorized, "service account token " + std::move(why)};
}

struct BoundObject {
    const char* resource;
    NamedUid object;
};

std::vector<BoundObject> bound_objects(const TokenClaims& claims) {
    std::vector<BoundObject> all = {{"serviceaccounts", claims.account}};
    if (claims.pod) all.push_back({"pods", *claims.pod});
    if (claims.secret) all.push_back({"secrets", *claims.secret});
    return all;
}

std::string uid_of(const storage::StoredObject& object) {
    return json_read::text(json_read::member(parse_json(*object.bytes), "metadata"), "uid");
}

}  // namespace

Result<TokenClaims> TokenVerifier::verify(std::string_view token, TimePoint now) {
    auto* known = find(token);
    if (known == nullptr) return worthless("is not one of this server");
    if (now >= known->claims.expires) return worthless("has expired");
    const auto bound = check_bound(*known);
    if (!bound) return bound.error();
    return known->claims;
}

TokenVerifier::Known* TokenVerifier::find(std::string_view token) {
    const auto found = known_.find(token);
    if (found != known_.end()) return &found->second;
    const auto verified = key_.verify(token);
    auto claims = verified ? parse_claims(*verified) : std::nullopt;
    if (!claims) return nullptr;
    if (known_.size() >= kMaxKnownTokens) known_.clear();
    return &known_.emplace(std::string(token), Known{std::move(*claims), {}}).first->second;
}

Result<void> TokenVerifier::check_bound(Known& known) const {
    const auto wanted = bound_objects(known.claims);
    known.seen.resize(wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        auto object =
            store_.get({wanted[i].resource, known.claims.namespace_name, wanted[i].object.name});
        if (object && object == known.seen[i]) continue;
        if (!object || uid_of(*object) != wanted[i].object.uid) {
            return worthless(
                std::string("is bound to one of the ") + wanted[i].resource +
                " that is gone: " + wanted[i].object.name);
        }
        known.seen[i] = std::move(object);
    }
    return Ok();
}

}  // namespace picket::apiserver
