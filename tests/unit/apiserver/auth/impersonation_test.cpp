#include "apiserver/auth/impersonation.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

class NoNodeFacts final : public NodeFacts {
public:
    [[nodiscard]] bool pod_is_on_node(
        const std::string&, const std::string&, const std::string&) const override {
        return false;
    }
    [[nodiscard]] bool node_needs(
        const std::string&,
        const std::string&,
        const std::string&,
        const std::string&) const override {
        return false;
    }
    [[nodiscard]] bool role_allows(const User&, const AccessRequest&) const override {
        return false;
    }
};

Result<User> seen_as(const User& user, const http::Headers& headers) {
    return impersonated_user(user, headers, NoNodeFacts());
}

const User kAdmin{"admin", {"system:masters", "system:authenticated"}};
const User kAnn{"ann", {"system:authenticated"}};

}  // namespace

TEST_CASE("Impersonation: nobody is named, so the sender is meant", "[auth]") {
    const auto user = seen_as(kAnn, {{"Accept", "*/*"}});
    REQUIRE(user);
    CHECK(user->name == "ann");
    CHECK(user->impersonated_by.empty());
}

TEST_CASE("Impersonation: an administrator acts for others, with their rights only", "[auth]") {
    const auto user = seen_as(kAdmin, {{"Impersonate-User", "bob"}, {"Impersonate-Group", "devs"}});
    REQUIRE(user);
    CHECK(user->name == "bob");
    CHECK(user->impersonated_by == "admin");
    CHECK(user->groups == std::vector<std::string>{"devs", "system:authenticated"});
    CHECK_FALSE(user->in_group("system:masters"));
}

TEST_CASE("Impersonation: others are refused, not served under their own name", "[auth]") {
    const auto user = seen_as(kAnn, {{"Impersonate-User", "admin"}});
    REQUIRE_FALSE(user);
    CHECK(user.error().reason == Reason::Forbidden);
    CHECK(user.error().message.find("cannot impersonate resource \"users\"") != std::string::npos);
}

TEST_CASE("Impersonation: groups, uid and extras need a user", "[auth]") {
    const auto* header =
        GENERATE("Impersonate-Group", "Impersonate-Uid", "Impersonate-Extra-Scopes");
    const auto user = seen_as(kAdmin, {{header, "x"}});
    REQUIRE_FALSE(user);
    CHECK(user.error().reason == Reason::BadRequest);
}

TEST_CASE("Impersonation: uid and extras are taken over by who may", "[auth]") {
    const http::Headers headers = {
        {"Impersonate-User", "bob"},
        {"Impersonate-Uid", "u-1"},
        {"Impersonate-Extra-example.org%2Fscope", "read"},
        {"impersonate-extra-Example.org%2fScope", "write"}};
    const auto user = seen_as(kAdmin, headers);
    REQUIRE(user);
    CHECK(user->uid == "u-1");
    CHECK(user->extra.at("example.org/scope") == std::vector<std::string>{"read", "write"});
    CHECK_FALSE(seen_as(kAnn, headers));
}
