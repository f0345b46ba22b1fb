#include "apiserver/routes/access.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::apiserver;

namespace {

AccessRequest access_of(http::Method method, const std::string& target) {
    const auto url = http::parse_target(target);
    REQUIRE(url);
    const auto info = parse_request_info(method, *url);
    REQUIRE(info);
    return access_request(*info, *url);
}

}  // namespace

TEST_CASE(
    "Access: a placement is read like its set, a plan needs what an update needs", "[access]") {
    const std::string set = "/apis/picket.dev/v1/namespaces/default/daemonsets/web/";
    const auto read = access_of(http::Method::Get, set + "placement");
    CHECK(read.group == "apps");
    CHECK(read.verb == "get");
    CHECK(read.qualified_resource() == "daemonsets");
    const auto plan = access_of(http::Method::Post, set + "plan");
    CHECK(plan.group == "apps");
    CHECK(plan.verb == "update");
    CHECK(plan.name == "web");
    CHECK(access_of(http::Method::Get, "/apis/picket.dev/v1/tokens").group == "picket.dev");
}
