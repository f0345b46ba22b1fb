#include "apiserver/routes/token_review.hpp"

#include "apiserver/auth/service_account/issuer.hpp"
#include "apiserver/auth/user_info.hpp"
#include "apiserver/registry/document.hpp"
#include "apiserver/routes/call_input.hpp"
#include "apiserver/routes/responses.hpp"
#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

Json denied(const std::string& why) {
    return {{"authenticated", false}, {"user", Json::object()}, {"error", why}};
}

Json account_status(
    const Call& call, const std::string& token, const std::vector<std::string>& wanted) {
    const auto claims = call.services.accounts.verify(token, call.now);
    if (!claims) return denied(claims.error().message);
    const auto audiences = matching_audiences(*claims, wanted);
    if (audiences.empty()) return denied("the token is not meant for these audiences");
    return {
        {"authenticated", true}, {"user", user_info(user_of(*claims))}, {"audiences", audiences}};
}

/// Tokens of the server's own kind are for the server itself and no other audience.
Json own_token_status(
    const Call& call, const std::string& token, const std::vector<std::string>& wanted) {
    TokenAuthenticator authenticator(call.services.store, call.services.clock);
    const auto user = authenticator.authenticate_token(token);
    if (!user) return denied("unknown token");
    TokenClaims as_ours;
    as_ours.audiences = {std::string(kTokenIssuer)};
    const auto audiences = matching_audiences(as_ours, wanted);
    if (audiences.empty()) return denied("the token is not meant for these audiences");
    return {{"authenticated", true}, {"user", user_info(*user)}, {"audiences", audiences}};
}

std::string host_of_request(const Call& call) {
    return std::string(call.request.headers.find("Host").value_or("localhost"));
}

}  // namespace

Awaitable<Result<http::Response>> review_token(Call call) {
    auto review = object_body_of_call(call);
    if (!review) co_return review.error();
    const auto token = registry::text_at(*review, {"spec", "token"});
    if (token.empty()) co_return bad_request("spec.token is required");
    const auto wanted = json_read::strings(registry::at(*review, {"spec"}), "audiences");
    (*review)["kind"] = "TokenReview";
    (*review)["apiVersion"] = "authentication.k8s.io/v1";
    (*review)["status"] = looks_like_jwt(token) ? account_status(call, token, wanted)
                                                : own_token_status(call, token, wanted);
    co_return json_response(201, *review);
}

Awaitable<Result<http::Response>> get_openid_configuration(Call call) {
    co_return json_response(
        200,
        Json{
            {"issuer", kTokenIssuer},
            {"jwks_uri", "https://" + host_of_request(call) + "/openid/v1/jwks"},
            {"response_types_supported", {"id_token"}},
            {"subject_types_supported", {"public"}},
            {"id_token_signing_alg_values_supported", {"ES256"}}});
}

Awaitable<Result<http::Response>> get_json_web_keys(Call call) {
    const auto& key = call.services.accounts.public_jwk();
    co_return json_response(200, Json{{"keys", Json::array({key})}});
}

}  // namespace picket::apiserver
