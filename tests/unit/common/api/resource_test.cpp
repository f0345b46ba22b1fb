#include "common/api/resource.hpp"

#include <catch2/catch.hpp>

namespace picket {
namespace {

TEST_CASE("resources: what people type finds the kind", "[resource]") {
    const auto name = GENERATE(
        as<std::string>(),
        "ds",
        "DS",
        "daemonset",
        "daemonsets",
        "DaemonSet",
        "daemonsets.apps",
        "daemonset.apps",
        "daemonsets.v1.apps",
        "daemonsets.extensions",
        "daemonsets.v1beta1.extensions");
    CAPTURE(name);
    const auto* resource = find_resource_by_name(name);
    REQUIRE(resource != nullptr);
    CHECK(resource->kind == "DaemonSet");
}

TEST_CASE("resources: unknown names, versions and groups find nothing", "[resource]") {
    CHECK(find_resource_by_name("deployments") == nullptr);
    CHECK(find_resource_by_name("daemonsets.v2.apps") == nullptr);
    CHECK(find_resource_by_name("pods.apps") == nullptr);
    CHECK(find_resource_by_name("") == nullptr);
    CHECK(find_resource("apps/v1", "pods") == nullptr);
    CHECK(find_resource("apps/v2", "daemonsets") == nullptr);
    CHECK(find_resource_by_kind("v1", "DaemonSet") == nullptr);
}

TEST_CASE("resources: one stored DaemonSet is seen through two versions", "[resource]") {
    const auto* modern = find_resource("apps/v1", "daemonsets");
    REQUIRE(modern != nullptr);
    CHECK(modern == find_resource("extensions/v1beta1", "daemonsets"));
    CHECK(modern == find_resource_by_kind("extensions/v1beta1", "DaemonSet"));
    CHECK(modern->qualified_name() == "daemonsets.apps");
    CHECK(modern->group() == "apps");
}

TEST_CASE("resources: core kinds have no group in their name", "[resource]") {
    const auto* pods = find_resource("v1", "pods");
    REQUIRE(pods != nullptr);
    CHECK(pods->qualified_name() == "pods");
    CHECK(pods->allows("watch"));
    CHECK_FALSE(find_resource("v1", "namespaces")->allows("deletecollection"));
}

TEST_CASE(
    "resources: paths leave out what is empty and escape what a path cannot hold", "[resource]") {
    CHECK(resource_path("v1", "nodes", "") == "/api/v1/nodes");
    CHECK(resource_path("v1", "pods", "") == "/api/v1/pods");
    CHECK(
        resource_path("apps/v1", "daemonsets", "default", "web", "status") ==
        "/apis/apps/v1/namespaces/default/daemonsets/web/status");
    CHECK(resource_path("v1", "pods", "a b", "x/y?z") == "/api/v1/namespaces/a%20b/pods/x%2Fy%3Fz");
}

TEST_CASE("resources: a group/version splits at its slash", "[resource]") {
    CHECK(split_group_version("apps/v1").group == "apps");
    CHECK(split_group_version("apps/v1").version == "v1");
    CHECK(split_group_version("v1").group.empty());
    CHECK(split_group_version("v1").version == "v1");
}

}  // namespace
}  // namespace picket
