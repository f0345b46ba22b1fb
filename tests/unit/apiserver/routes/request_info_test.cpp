#include "apiserver/routes/request_info.hpp"

#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using apiserver::parse_request_info;
using http::Method;

namespace {

struct Row {
    Method method;
    const char* target;
    const char* verb;
    const char* group_version;
    const char* namespace_name;
    const char* resource;
    const char* name;
    const char* subresource;
};

Result<apiserver::RequestInfo> parse(Method method, std::string_view target) {
    const auto url = http::parse_target(target);
    REQUIRE(url);
    return parse_request_info(method, *url);
}

}  // namespace

TEST_CASE("Request info: a path and a method name a verb on a resource", "[request_info]") {
    const auto row = GENERATE(
        Row{Method::Get, "/api/v1/pods", "list", "v1", "", "pods", "", ""},
        Row{Method::Get, "/api/v1/pods/", "list", "v1", "", "pods", "", ""},
        Row{Method::Get, "/api/v1/pods?watch=1", "watch", "v1", "", "pods", "", ""},
        Row{Method::Get, "/api/v1/pods?watch=True", "watch", "v1", "", "pods", "", ""},
        Row{Method::Get, "/api/v1/pods?watch=false", "list", "v1", "", "pods", "", ""},
        Row{Method::Get, "/api/v1/watch/pods", "watch", "v1", "", "pods", "", ""},
        Row{Method::Get,
            "/apis/apps/v1/watch/namespaces/a/daemonsets/d",
            "watch",
            "apps/v1",
            "a",
            "daemonsets",
            "d",
            ""},
        Row{Method::Get, "/api/v1/namespaces/a/pods/x", "get", "v1", "a", "pods", "x", ""},
        Row{Method::Get, "/api/v1/namespaces/a/pods/x/log", "get", "v1", "a", "pods", "x", "log"},
        Row{Method::Get,
            "/api/v1/namespaces/a/pods/x/exec",
            "create",
            "v1",
            "a",
            "pods",
            "x",
            "exec"},
        Row{Method::Post, "/api/v1/namespaces/a/pods", "create", "v1", "a", "pods", "", ""},
        Row{Method::Get, "/api/v1/namespaces", "list", "v1", "", "namespaces", "", ""},
        Row{Method::Get, "/api/v1/namespaces/a", "get", "v1", "", "namespaces", "a", ""},
        Row{Method::Put,
            "/api/v1/namespaces/a/finalize",
            "update",
            "v1",
            "",
            "namespaces",
            "a",
            "finalize"},
        Row{Method::Patch,
            "/apis/apps/v1/namespaces/a/daemonsets/d/status",
            "patch",
            "apps/v1",
            "a",
            "daemonsets",
            "d",
            "status"},
        Row{Method::Delete,
            "/apis/apps/v1/namespaces/a/daemonsets",
            "deletecollection",
            "apps/v1",
            "a",
            "daemonsets",
            "",
            ""},
        Row{Method::Delete, "/api/v1/nodes/n", "delete", "v1", "", "nodes", "n", ""});
    CAPTURE(row.target);
    const auto info = parse(row.method, row.target);
    REQUIRE(info);
    CHECK(info->resource_request);
    CHECK(info->verb == row.verb);
    CHECK(info->group_version == row.group_version);
    CHECK(info->namespace_name == row.namespace_name);
    CHECK(info->resource == row.resource);
    CHECK(info->name == row.name);
    CHECK(info->subresource == row.subresource);
}

TEST_CASE("Request info: paths without a resource keep their path", "[request_info]") {
    const auto target = GENERATE(
        "/version/",
        "/api",
        "/apis",
        "/api/v1",
        "/apis/apps",
        "/apis/apps/v1/",
        "/openapi/v3/api/v1",
        "/");
    CAPTURE(target);
    const auto info = parse(Method::Get, target);
    REQUIRE(info);
    CHECK_FALSE(info->resource_request);
    CHECK(info->verb == "get");
    CHECK((info->path == "/" || info->path.back() != '/'));
}

TEST_CASE("Request info: what follows a subresource is kept", "[request_info]") {
    const auto info = parse(Method::Get, "/apis/picket.dev/v1/nodes/n1/tunnel/abc");
    REQUIRE(info);
    CHECK(info->subresource == "tunnel");
    CHECK(info->rest == "abc");
}

TEST_CASE("Request info: bad methods and parameters are refused", "[request_info]") {
    const auto options = parse(Method::Options, "/api/v1/pods");
    REQUIRE_FALSE(options);
    CHECK(options.error().reason == Reason::MethodNotAllowed);
    const auto watch = parse(Method::Get, "/api/v1/pods?watch=maybe");
    REQUIRE_FALSE(watch);
    CHECK(watch.error().reason == Reason::BadRequest);
}
