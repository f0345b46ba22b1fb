#include "tests/integration/apiserver/running_server.hpp"

#include <fstream>
#include <sys/stat.h>

using namespace picket;
using namespace picket::testing;

namespace {

std::string first_line(const std::string& path) {
    std::ifstream stream(path);
    std::string line;
    std::getline(stream, line);
    return line;
}

const Target kCredentials{"picket.dev/v1", "nodecredentials"};

std::string join(RunningServer& server, const std::string& node, const std::string& agent) {
    const auto api = server.connect(first_line(server.file("join-token")));
    const auto answer =
        server.ok(api->create(kCredentials, {{"nodeName", node}, {"agentId", agent}}));
    return answer["token"];
}

}  // namespace

TEST_CASE("Access: secrets are in files of their owner alone", "[apiserver][access]") {
    RunningServer server;
    for (const auto* name :
         {"admin.kubeconfig", "controller.kubeconfig", "join-token", "ca.key", "server.key"}) {
        struct stat status {};
        CAPTURE(name);
        REQUIRE(::stat(server.file(name).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600);
    }
}

TEST_CASE("Access: without a token only health and version", "[apiserver][access]") {
    RunningServer server;
    const auto api = server.connect_anonymously();
    for (const auto* path : {"/livez", "/readyz", "/version", "/version/"}) {
        CAPTURE(path);
        CHECK(server.ok(api->send(a_get(path))).status == 200);
    }
    for (const auto* path : {"/api", "/apis", "/openapi/v2", "/metrics", "/api/v1/pods"}) {
        CAPTURE(path);
        const auto answer = server.ok(api->send(a_get(path)));
        CHECK(answer.status == 401);
        CHECK(Json::parse(answer.body)["reason"] == "Unauthorized");
    }
}

TEST_CASE("Access: a wrong secret is no better than none", "[apiserver][access]") {
    RunningServer server;
    const auto api = server.connect("admin.000000000000000000000000000000000000000000000000");
    CHECK(server.error(api->list(config_maps())).reason == Reason::Unauthorized);
}

TEST_CASE("Access: a joined node sees and writes its own only", "[apiserver][access]") {
    RunningServer server;
    const auto api = server.connect(join(server, "n1", "agent-1"));
    server.ok(api->create({"v1", "nodes"}, {{"metadata", {{"name", "n1"}}}}));
    server.ok(api->get({"v1", "nodes", "", "n1"}));
    CHECK(
        server.error(api->create({"v1", "nodes"}, {{"metadata", {{"name", "n2"}}}})).reason ==
        Reason::Forbidden);
    server.ok(api->list({"v1", "pods"}, {{"fieldSelector", "spec.nodeName=n1"}}));
    CHECK(server.error(api->list({"v1", "pods"})).reason == Reason::Forbidden);
    CHECK(server.error(api->list({"v1", "secrets"})).reason == Reason::Forbidden);
}

TEST_CASE("Access: a node's name belongs to its living agent", "[apiserver][access]") {
    RunningServer server;
    join(server, "n1", "agent-1");
    const auto api = server.connect(first_line(server.file("join-token")));
    const auto refused =
        server.error(api->create(kCredentials, {{"nodeName", "n1"}, {"agentId", "agent-2"}}));
    CHECK(refused.reason == Reason::Conflict);
    CHECK_THAT(refused.message, Catch::Contains("in use by another agent"));
    // The same agent may ask again; its old token is worth nothing then.
    const auto first = join(server, "n1", "agent-1");
    const auto second = join(server, "n1", "agent-1");
    const Target node{"v1", "nodes", "", "n1"};
    CHECK(server.error(server.connect(first)->get(node)).reason == Reason::Unauthorized);
    CHECK(server.error(server.connect(second)->get(node)).reason == Reason::NotFound);
}

TEST_CASE(
    "Access: of two hosts with one credential the newcomer is refused", "[apiserver][access]") {
    RunningServer server;
    const auto token = join(server, "n1", "agent-1");
    const auto original = server.connect(token, "boot-1/7");
    const auto copy = server.connect(token, "boot-2/7");
    const Target node{"v1", "nodes", "", "n1"};
    server.ok(original->create({"v1", "nodes"}, {{"metadata", {{"name", "n1"}}}}));
    const auto refused = server.error(copy->get(node));
    CHECK(refused.reason == Reason::ServiceUnavailable);
    CHECK_THAT(refused.message, Catch::Contains("another host speaks for node n1"));
    server.ok(original->get(node));
    // Nor can it take the credential over: it has the original's agent id, too.
    const auto joining = server.connect(first_line(server.file("join-token")), "boot-2/7");
    const Json request{{"nodeName", "n1"}, {"agentId", "agent-1"}};
    CHECK(
        server.error(joining->create(kCredentials, request)).reason == Reason::ServiceUnavailable);
    server.ok(original->get(node));
}

TEST_CASE(
    "Access: a restarted server knows the host of a node by its boot", "[apiserver][access]") {
    RunningServer server;
    const auto token = join(server, "n1", "agent-1");
    const Target node{"v1", "nodes", "", "n1"};
    {
        const auto original = server.connect(token, "boot-1/7");
        server.ok(original->create({"v1", "nodes"}, {{"metadata", {{"name", "n1"}}}}));
        server.ok(original->patch(
            {"v1", "nodes", "", "n1", "status"},
            PatchType::Merge,
            {{"status", {{"nodeInfo", {{"bootID", "boot-1"}}}}}}));
    }
    server.restart();
    CHECK(
        server.error(server.connect(token, "boot-2/7")->get(node)).reason ==
        Reason::ServiceUnavailable);
    server.ok(server.connect(token, "boot-1/7")->get(node));
}

TEST_CASE("Access: tokens are made, shown once, used and taken back", "[apiserver][access]") {
    RunningServer server;
    const auto api = server.connect();
    const Target tokens{"picket.dev/v1", "tokens"};
    const auto made = server.ok(api->create(
        tokens,
        {{"metadata", {{"name", "ann"}}},
         {"spec", {{"user", "ann"}, {"groups", {"system:masters"}}}}}));
    const std::string token = made["status"]["token"];
    server.ok(server.connect(token)->list(config_maps()));
    const auto list = server.ok(api->list(tokens));
    CHECK(list.dump().find(token.substr(4)) == std::string::npos);
    server.ok(api->remove({"picket.dev/v1", "tokens", "", "ann"}, nullptr));
    CHECK(server.error(server.connect(token)->list(config_maps())).reason == Reason::Unauthorized);
}

TEST_CASE("Access: credentials stay the same over a restart", "[apiserver][access]") {
    RunningServer server;
    const auto token = first_line(server.file("join-token"));
    const auto admin = server.connect();
    server.restart();
    CHECK(first_line(server.file("join-token")) == token);
    server.ok(server.connect()->list(config_maps()));
}

TEST_CASE("Access: unknown paths, verbs and media types", "[apiserver][access]") {
    RunningServer server;
    const auto api = server.connect();
    const auto unknown = server.ok(api->send(a_get("/apis/apps/v1/deployments")));
    CHECK(unknown.status == 404);
    CHECK(Json::parse(unknown.body)["kind"] == "Status");
    auto put = a_get("/api/v1/namespaces/default/configmaps");
    put.method = http::Method::Put;
    put.body = "{}";
    CHECK(server.ok(api->send(put)).status == 405);
    auto post = a_get("/api/v1/namespaces/default/configmaps");
    post.method = http::Method::Post;
    post.headers = {{"Content-Type", "text/csv"}};
    post.body = "a,b";
    CHECK(server.ok(api->send(post)).status == 415);
    auto picky = a_get("/api/v1/pods");
    picky.headers = {{"Accept", "text/html"}};
    CHECK(server.ok(api->send(picky)).status == 406);
}

TEST_CASE("Access: the log of a pod whose agent is away is unavailable", "[apiserver][access]") {
    RunningServer server;
    const auto api = server.connect();
    const Target log{"v1", "pods", "default", "p", "log"};
    CHECK(server.error(api->get(log)).reason == Reason::NotFound);
    server.ok(api->create(
        {"v1", "pods", "default"},
        {{"metadata", {{"name", "p"}}},
         {"spec", {{"nodeName", "n1"}, {"containers", {{{"name", "c"}, {"image", "busybox"}}}}}}}));
    const auto away = server.error(api->get(log));
    CHECK(away.reason == Reason::ServiceUnavailable);
    CHECK_THAT(away.message, Catch::Contains("n1"));
    CHECK(server.error(api->get(log, {{"container", "x"}})).reason == Reason::BadRequest);
}
