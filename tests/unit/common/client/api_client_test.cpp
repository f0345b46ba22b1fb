#include "common/client/api_client.hpp"

#include "tests/support/fake_http_server.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::client;
using picket::testing::FakeHttpServer;
using namespace std::chrono_literals;

namespace {

ApiClientOptions options_for(const FakeHttpServer& server) {
    ApiClientOptions options;
    options.http.endpoint = *http::parse_endpoint(server.url());
    options.bearer_token = "secret";
    return options;
}

const Target kPods{"v1", "pods", "default"};

}  // namespace

TEST_CASE("ApiClient: each call has its method, path and content type", "[api_client]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(runner, [](const http::Request&) { return FakeHttpServer::json("{}"); });
    ApiClient api(runner.executor(), options_for(server));
    const Target pod{"v1", "pods", "default", "web"};
    const Target status{"apps/v1", "daemonsets", "ns", "web", "status"};

    REQUIRE(runner.run(api.get(pod)).has_value());
    REQUIRE(runner.run(api.create(kPods, Json::object())).has_value());
    REQUIRE(runner.run(api.update(status, Json::object())).has_value());
    REQUIRE(runner.run(api.patch(pod, PatchType::StrategicMerge, Json::object())).has_value());
    REQUIRE(
        runner.run(api.patch(pod, PatchType::JsonPatch, Json::array(), {{"fieldManager", "a b"}}))
            .has_value());
    REQUIRE(runner.run(api.remove(pod, nullptr)).has_value());

    const auto& asked = server.requests();
    REQUIRE(asked.size() == 6);
    REQUIRE(asked[0].target == "/api/v1/namespaces/default/pods/web");
    REQUIRE(asked[0].headers.find("Authorization") == "Bearer secret");
    REQUIRE(asked[1].method == http::Method::Post);
    REQUIRE(asked[1].headers.find("Content-Type") == "application/json");
    REQUIRE(asked[2].method == http::Method::Put);
    REQUIRE(asked[2].target == "/apis/apps/v1/namespaces/ns/daemonsets/web/status");
    REQUIRE(asked[3].method == http::Method::Patch);
    REQUIRE(asked[3].headers.find("Content-Type") == "application/strategic-merge-patch+json");
    REQUIRE(asked[4].headers.find("Content-Type") == "application/json-patch+json");
    REQUIRE(asked[4].target.ends_with("?fieldManager=a%20b"));
    REQUIRE(asked[5].method == http::Method::Delete);
    REQUIRE(asked[5].body.empty());
}

TEST_CASE("ApiClient: a failure is the Error of its Status", "[api_client]") {
    struct Row {
        const char* name;
        unsigned code;
        const char* body;
        Reason reason;
    };
    const auto row = GENERATE(
        Row{"Status",
            404,
            R"({"kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"gone"})",
            Reason::NotFound},
        Row{"the reason decides, not the code",
            409,
            R"({"kind":"Status","status":"Failure","reason":"AlreadyExists","code":409})",
            Reason::AlreadyExists},
        Row{"no Status", 503, "try later", Reason::ServiceUnavailable},
        Row{"a 200 that failed",
            200,
            R"({"kind":"Status","status":"Failure","reason":"Forbidden","code":403})",
            Reason::Forbidden},
        Row{"no JSON", 200, "<html>", Reason::InternalError});
    CAPTURE(row.name);
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(
        runner, [&](const http::Request&) { return FakeHttpServer::json(row.body, row.code); });
    ApiClient api(runner.executor(), options_for(server));
    const auto result = runner.run(api.get(kPods));
    REQUIRE_FALSE(result.has_value());
    REQUIRE(result.error().reason == row.reason);
}

TEST_CASE("ApiClient: a list is read page by page", "[api_client]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(runner, [](const http::Request& request) {
        if (request.target.find("continue=next") != std::string::npos) {
            return FakeHttpServer::json(R"({"metadata":{"resourceVersion":"7"},"items":[3]})");
        }
        return FakeHttpServer::json(
            R"({"metadata":{"resourceVersion":"7","continue":"next"},"items":[1,2]})");
    });
    ApiClient api(runner.executor(), options_for(server));
    const auto list = runner.run(api.list(kPods, {{"labelSelector", "a=b"}}, 2));
    REQUIRE(list.has_value());
    REQUIRE((*list == Json::parse(R"({"metadata":{"resourceVersion":"7"},"items":[1,2,3]})")));
    REQUIRE(server.requests()[0].target.ends_with("?labelSelector=a%3Db&limit=2"));
    REQUIRE(server.requests()[1].target.ends_with("?labelSelector=a%3Db&limit=2&continue=next"));
}

TEST_CASE("ApiClient: a list whose pages expire is read in one piece", "[api_client]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(runner, [](const http::Request& request) {
        if (request.target.find("continue=") != std::string::npos)
            return FakeHttpServer::json("{}", 410);
        if (request.target.find("limit=") == std::string::npos)
            return FakeHttpServer::json(R"({"items":[1,2]})");
        return FakeHttpServer::json(R"({"metadata":{"continue":"next"},"items":[1]})");
    });
    ApiClient api(runner.executor(), options_for(server));
    const auto list = runner.run(api.list(kPods, {}, 1));
    REQUIRE(list.has_value());
    REQUIRE(list->at("items").size() == 2);
}

TEST_CASE("ApiClient: a watch yields its events and then its end", "[api_client]") {
    picket::testing::AsyncRunner runner;
    FakeHttpServer server(runner, [](const http::Request&) {
        return FakeHttpServer::lines(
            {R"({"type":"ADDED","object":{"a":1}})",
             "",
             R"({"type":"BOOKMARK","object":{"b":2}})"});
    });
    ApiClient api(runner.executor(), options_for(server));
    auto watch = runner.run(api.watch(kPods, "5", {{"fieldSelector", "spec.nodeName=n1"}}));
    REQUIRE(watch.has_value());
    const auto added = *runner.run(watch->next(30s));
    REQUIRE((added->type == WatchLine::Type::Added));
    REQUIRE((added->object == Json{{"a", 1}}));
    REQUIRE(((*runner.run(watch->next(30s)))->type == WatchLine::Type::Bookmark));
    REQUIRE_FALSE((*runner.run(watch->next(30s))).has_value());
    REQUIRE(
        server.requests()[0].target ==
        "/api/v1/namespaces/default/"
        "pods?fieldSelector=spec.nodeName%3Dn1&watch=true&allowWatchBookmarks=true"
        "&resourceVersion=5");
}

TEST_CASE(
    "ApiClient: an expired watch is an Expired error, before and in the stream", "[api_client]") {
    picket::testing::AsyncRunner runner;
    const std::string status =
        R"({"kind":"Status","status":"Failure","reason":"Expired","code":410})";
    const bool in_stream = GENERATE(false, true);
    FakeHttpServer server(runner, [&](const http::Request&) {
        if (in_stream)
            return FakeHttpServer::lines({R"({"type":"ERROR","object":)" + status + "}"});
        return FakeHttpServer::json(status, 410);
    });
    ApiClient api(runner.executor(), options_for(server));
    auto watch = runner.run(api.watch(kPods, "5"));
    REQUIRE(watch.has_value() == in_stream);
    const auto error = in_stream ? runner.run(watch->next(30s)).error() : watch.error();
    REQUIRE(error.reason == Reason::Expired);
}
