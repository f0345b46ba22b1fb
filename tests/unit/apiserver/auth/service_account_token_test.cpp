#include "apiserver/auth/service_account/issuer.hpp"
#include "common/base/encoding.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>

using namespace picket;
using namespace picket::apiserver;

namespace {

TokenClaims some_claims() {
    TokenClaims claims;
    claims.namespace_name = "a";
    claims.account = {"shipper", "u1"};
    claims.pod = NamedUid{"p", "u2"};
    claims.node = NamedUid{"n", "u3"};
    claims.audiences = {std::string(kTokenIssuer)};
    claims.issued = TimePoint(std::chrono::seconds(1'700'000'000));
    claims.expires = claims.issued + std::chrono::seconds(3600);
    claims.id = "id1";
    return claims;
}

std::string with_header(const std::string& token, std::string header) {
    auto encoded = base64url_encode(header);
    encoded.erase(encoded.find_last_not_of('=') + 1);
    return encoded + token.substr(token.find('.'));
}

/// Flips one letter at each place of the token in turn.
std::string damaged(std::string token, std::size_t place) {
    token[place] = token[place] == 'A' ? 'B' : 'A';
    return token;
}

}  // namespace

TEST_CASE("Service account tokens: claims survive the way through a token", "[token]") {
    const auto key = SigningKey::make();
    const auto token = key.sign(to_json(some_claims()));
    CHECK(looks_like_jwt(token));
    const auto verified = key.verify(token);
    REQUIRE(verified);
    const auto claims = parse_claims(*verified);
    REQUIRE(claims);
    CHECK(claims->account == NamedUid{"shipper", "u1"});
    CHECK(claims->pod == NamedUid{"p", "u2"});
    CHECK(claims->expires == some_claims().expires);
    CHECK((*verified)["sub"] == "system:serviceaccount:a:shipper");
    CHECK((*verified)["exp"] == 1'700'003'600);
    const auto user = user_of(*claims);
    CHECK(user.name == "system:serviceaccount:a:shipper");
    CHECK(user.in_group("system:serviceaccounts:a"));
    CHECK_FALSE(user.in_group("system:serviceaccounts:b"));
}

TEST_CASE("Service account tokens: nothing else is taken for one", "[token]") {
    const auto key = SigningKey::make();
    const auto token = key.sign(to_json(some_claims()));
    CHECK_FALSE(SigningKey::make().verify(token));
    CHECK_FALSE(key.verify(with_header(token, R"({"alg":"none"})")));
    CHECK_FALSE(key.verify(with_header(token, R"({"alg":"HS256","typ":"JWT"})")));
    CHECK_FALSE(key.verify(token.substr(0, token.rfind('.') + 1)));
    CHECK_FALSE(key.verify(token + "AAAA"));
    CHECK_FALSE(key.verify(""));
    CHECK_FALSE(key.verify("a.b.c"));
    CHECK_FALSE(looks_like_jwt("admin.0123456789abcdef"));
    CHECK_FALSE(looks_like_jwt("eya.b.c.d"));
    const auto signature = token.rfind('.') + 1;
    for (std::size_t place = token.find('.') + 1; place < signature - 1; place += 7) {
        CAPTURE(place);
        CHECK_FALSE(key.verify(damaged(token, place)));
    }
}

TEST_CASE("Service account tokens: another issuer's claims are none", "[token]") {
    auto claims = to_json(some_claims());
    claims["iss"] = "https://elsewhere";
    CHECK_FALSE(parse_claims(claims));
    CHECK_FALSE(parse_claims(Json::object()));
    CHECK_FALSE(parse_claims(Json::array()));
}

TEST_CASE("Service account tokens: audiences", "[token]") {
    struct Row {
        const char* name;
        std::vector<std::string> held;
        std::vector<std::string> wanted;
        std::vector<std::string> matching;
    };
    const std::string own(kTokenIssuer);
    const auto row = GENERATE_COPY(values<Row>({
        {"for this server", {own}, {}, {own}},
        {"for another", {"vault"}, {}, {}},
        {"asked by the other", {"vault"}, {"vault", "spire"}, {"vault"}},
        {"asked by a third", {own}, {"spire"}, {}},
    }));
    CAPTURE(row.name);
    auto claims = some_claims();
    claims.audiences = row.held;
    CHECK(matching_audiences(claims, row.wanted) == row.matching);
}

TEST_CASE("Service account tokens: the key is kept, for its owner alone", "[token]") {
    const testing::TemporaryDirectory directory;
    const auto path = directory.path() / "service-account.key";
    const auto made = SigningKey::load_or_make(path);
    REQUIRE(made);
    CHECK(
        (std::filesystem::status(path).permissions() & std::filesystem::perms::all) ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
    const auto loaded = SigningKey::load_or_make(path);
    REQUIRE(loaded);
    CHECK(loaded->verify(made->sign({{"a", 1}})));
    CHECK(loaded->public_jwk() == made->public_jwk());
    CHECK_FALSE(made->public_jwk().contains("d"));
}
