#include "tests/integration/apiserver/running_server.hpp"

using namespace picket;
using namespace picket::testing;
using client::WatchLine;

namespace {

/// The next line, which must come.
WatchLine next(RunningServer& server, client::WatchStream& watch) {
    auto line = server.ok(watch.next(kPatience));
    REQUIRE(line);
    return std::move(*line);
}

std::string name_of(const WatchLine& line) {
    return line.object["metadata"]["name"];
}

}  // namespace

TEST_CASE("Watch: changes after a list, in order", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    const auto list = server.ok(api->list(config_maps()));
    auto watch = server.ok(api->watch(config_maps(), list["metadata"]["resourceVersion"]));
    const auto created = server.ok(api->create(config_maps(), a_config_map("a")));
    const Json change = {{"data", {{"key", "other"}}}};
    server.ok(api->patch(config_maps("a"), PatchType::Merge, change));
    server.ok(api->remove(config_maps("a"), nullptr));

    const auto added = next(server, watch);
    CHECK(added.type == WatchLine::Type::Added);
    CHECK(added.object == created);
    const auto modified = next(server, watch);
    CHECK(modified.type == WatchLine::Type::Modified);
    CHECK(modified.object["data"]["key"] == "other");
    const auto deleted = next(server, watch);
    CHECK(deleted.type == WatchLine::Type::Deleted);
    CHECK(
        deleted.object["metadata"]["resourceVersion"] !=
        modified.object["metadata"]["resourceVersion"]);
}

TEST_CASE("Watch: version 0 begins with the present state", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(config_maps(), a_config_map("a")));
    auto watch = server.ok(api->watch(config_maps(), "0", {{"fieldSelector", "metadata.name=a"}}));
    const auto line = next(server, watch);
    CHECK(line.type == WatchLine::Type::Added);
    CHECK(name_of(line) == "a");
}

TEST_CASE("Watch: a streaming list ends with its bookmark", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    auto watch = server.ok(api->watch(
        {"v1", "namespaces"},
        "",
        {{"sendInitialEvents", "true"}, {"resourceVersionMatch", "NotOlderThan"}}));
    for (int i = 0; i < 4; ++i) CHECK(next(server, watch).type == WatchLine::Type::Added);
    const auto bookmark = next(server, watch);
    CHECK(bookmark.type == WatchLine::Type::Bookmark);
    CHECK(bookmark.object["metadata"]["annotations"]["k8s.io/initial-events-end"] == "true");
}

TEST_CASE("Watch: the old path may name one object", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    server.ok(api->create(config_maps(), a_config_map("a")));
    server.ok(api->create(config_maps(), a_config_map("b")));
    const auto* query = GENERATE("/b", "?fieldSelector=metadata.name%3Db", "/b?labelSelector=!x");
    const auto separator = std::string_view(query).find('?') != std::string_view::npos ? "&" : "?";
    auto request = a_get(
        std::string("/api/v1/watch/namespaces/default/configmaps") + query + separator +
        "timeoutSeconds=1");
    const auto answer = server.ok(api->send(request));
    CHECK(answer.status == 200);
    CHECK_THAT(
        answer.body, Catch::Contains(R"("name":"b")") && Catch::StartsWith(R"({"type":"ADDED")"));
    CHECK_THAT(answer.body, !Catch::Contains(R"("name":"a")"));
}

TEST_CASE("Watch: an object that stops matching is gone for the watcher", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    const auto list = server.ok(api->list(config_maps()));
    auto watch = server.ok(api->watch(
        config_maps(), list["metadata"]["resourceVersion"], {{"labelSelector", "tier=web"}}));
    auto labelled = a_config_map("a");
    labelled["metadata"]["labels"] = {{"tier", "web"}};
    server.ok(api->create(config_maps(), labelled));
    server.ok(api->create(config_maps(), a_config_map("b")));
    const Json change = {{"metadata", {{"labels", {{"tier", "db"}}}}}};
    server.ok(api->patch(config_maps("a"), PatchType::Merge, change));
    CHECK(next(server, watch).type == WatchLine::Type::Added);
    const auto gone = next(server, watch);
    CHECK(gone.type == WatchLine::Type::Deleted);
    CHECK(name_of(gone) == "a");
}

TEST_CASE("Watch: ends after its time with a bookmark", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    const auto list = server.ok(api->list(config_maps()));
    auto watch = server.ok(
        api->watch(config_maps(), list["metadata"]["resourceVersion"], {{"timeoutSeconds", "1"}}));
    CHECK(next(server, watch).type == WatchLine::Type::Bookmark);
    CHECK_FALSE(server.ok(watch.next(kPatience)).has_value());
}

TEST_CASE("Watch: resumes after a restart of the server", "[apiserver][watch]") {
    RunningServer server;
    const auto seen = server.ok(server.connect()->create(config_maps(), a_config_map("a")));
    server.ok(server.connect()->create(config_maps(), a_config_map("b")));
    server.restart();
    const auto api = server.connect();
    auto watch = server.ok(api->watch(config_maps(), seen["metadata"]["resourceVersion"]));
    CHECK(name_of(next(server, watch)) == "b");
}

TEST_CASE("Watch: a version from the future is refused", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    const auto refused = server.error(api->watch(config_maps(), "999999999"));
    CHECK(refused.reason == Reason::Expired);
}

TEST_CASE("Watch: the server stops although a watch is open", "[apiserver][watch]") {
    RunningServer server;
    const auto api = server.connect();
    auto watch = server.ok(api->watch(config_maps(), "0"));
    server.stop();
}
