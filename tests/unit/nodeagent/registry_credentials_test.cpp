#include "nodeagent/pod/registry_credentials.hpp"

#include <catch2/catch.hpp>

namespace picket::nodeagent {
namespace {

ObjectData config(const std::string& server, const std::string& user) {
    return {
        {".dockerconfigjson",
         R"({"auths":{")" + server + R"(":{"username":")" + user + R"(","password":"p"}}})"}};
}

TEST_CASE("Registry credentials: which key fits which image", "[nodeagent]") {
    struct Row {
        std::string server;
        std::string image;
        bool fits;
    };
    const auto row = GENERATE(
        Row{"quay.io", "quay.io/a/b:1", true},
        Row{"quay.io", "gcr.io/a/b:1", false},
        Row{"quay.io/team", "quay.io/team/b", true},
        Row{"quay.io/team", "quay.io/other/b", false},
        Row{"reg:5000", "reg:5000/a", true},
        Row{"reg:5000", "reg:5001/a", false},
        Row{"*.example.com", "reg.example.com/a", true},
        Row{"*.example.com", "a.b.example.com/a", false},
        Row{"https://index.docker.io/v1/", "nginx", true},
        Row{"docker.io", "library/nginx:1", true},
        Row{"https://quay.io/v2", "quay.io/a", true});
    CAPTURE(row.server, row.image);
    CHECK(credentials_for(row.image, {config(row.server, "u")}).empty() != row.fits);
}

TEST_CASE("Registry credentials: the most specific first", "[nodeagent]") {
    const auto found = credentials_for(
        "quay.io/team/x", {config("quay.io", "all"), config("quay.io/team", "team")});
    REQUIRE(found.size() == 2);
    CHECK(found[0].username == "team");
    CHECK(found[1].username == "all");
}

TEST_CASE("Registry credentials: the older secret, and auth as one text", "[nodeagent]") {
    const ObjectData old = {{".dockercfg", R"({"quay.io":{"auth":"dXNlcjpwYTpzcw=="}})"}};
    const auto found = credentials_for("quay.io/x", {old});
    REQUIRE(found.size() == 1);
    CHECK(found[0].username == "user");
    CHECK(found[0].password == "pa:ss");
    CHECK(credentials_for("quay.io/x", {{{".dockerconfigjson", "garbage"}}}).empty());
}

}  // namespace
}  // namespace picket::nodeagent
