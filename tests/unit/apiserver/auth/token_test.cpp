#include "apiserver/auth/token.hpp"

#include "common/base/encoding.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

const TimePoint kIssueTime = *parse_time("2026-01-02T03:04:05Z");

TokenRecord record_of(const BearerToken& token) {
    TokenRecord record;
    record.secret_hash = sha256_hex(token.secret);
    record.user = {"system:node:n1", {"system:nodes"}};
    record.agent_id = "agent-1";
    record.description = "a test";
    record.created = kIssueTime;
    return record;
}

}  // namespace

TEST_CASE("Token: id and secret are parted at the last dot", "[token]") {
    const auto token = parse_bearer_token("node-host.example.com.abc123");
    REQUIRE(token);
    CHECK(token->id == "node-host.example.com");
    CHECK(token->secret == "abc123");
}

TEST_CASE("Token: a join token's fingerprint is left out", "[token]") {
    const auto made = make_bearer_token("join");
    const auto token = parse_bearer_token(made.text() + "." + std::string(64, 'a'));
    REQUIRE(token);
    CHECK(token->id == "join");
    CHECK(token->secret == made.secret);
}

TEST_CASE("Token: what is no token is none", "[token]") {
    const auto text = GENERATE("", "abc", ".secret", "id.", ".");
    CAPTURE(text);
    CHECK_FALSE(parse_bearer_token(text));
}

TEST_CASE("Token: secrets are random and long", "[token]") {
    const auto a = make_bearer_token("x");
    const auto b = make_bearer_token("x");
    CHECK(a.secret != b.secret);
    CHECK(a.secret.size() == 48);
}

TEST_CASE("Token: a record accepts its own secret until it expires", "[token]") {
    const auto token = make_bearer_token("x");
    auto record = record_of(token);
    CHECK(record.accepts(token.secret, kIssueTime));
    CHECK_FALSE(record.accepts(token.secret + "0", kIssueTime));
    CHECK_FALSE(record.accepts("", kIssueTime));
    record.expires = kIssueTime;
    CHECK_FALSE(record.accepts(token.secret, kIssueTime));
    CHECK(record.accepts(token.secret, kIssueTime - std::chrono::seconds(1)));
}

TEST_CASE("Token: the object holds the hash, never the secret", "[token]") {
    const auto token = make_bearer_token("x");
    auto record = record_of(token);
    record.expires = kIssueTime + std::chrono::hours(1);
    const auto object = to_json(record, "x");
    CHECK(object.dump().find(token.secret) == std::string::npos);
    const auto back = parse_token_record(object);
    REQUIRE(back);
    CHECK(back->secret_hash == record.secret_hash);
    CHECK(back->user.name == record.user.name);
    CHECK(back->user.groups == record.user.groups);
    CHECK(back->agent_id == record.agent_id);
    CHECK(back->created == record.created);
    CHECK(back->expires == record.expires);
}

TEST_CASE("Token: an object that is none is refused", "[token]") {
    CHECK_FALSE(parse_token_record(Json::object()));
    CHECK_FALSE(parse_token_record({{"spec", {{"user", 1}}}, {"hash", "x"}}));
}

TEST_CASE("User: only a node's own credential names a node", "[token]") {
    CHECK(User{"system:node:n1", {"system:nodes"}}.node() == "n1");
    CHECK_FALSE(User{"system:node:n1", {}}.node());
    CHECK_FALSE(User{"ann", {"system:nodes"}}.node());
}
