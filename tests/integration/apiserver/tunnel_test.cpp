#include "common/api/tunnel.hpp"

#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "tests/integration/apiserver/running_server.hpp"

#include <array>
#include <fstream>

using namespace picket;
using namespace picket::testing;

namespace {

constexpr const char* kTunnel = "/apis/picket.dev/v1/nodes/n1/tunnel";

std::string node_token(RunningServer& server) {
    std::string join;
    std::getline(std::ifstream(server.file("join-token")) >> std::ws, join);
    const auto api = server.connect(join);
    const auto answer = server.ok(
        api->create({"picket.dev/v1", "nodecredentials"}, {{"nodeName", "n1"}, {"agentId", "a"}}));
    return answer["token"];
}

/// An agent that answers one stream request with `reply` and `text`.
Awaitable<> answer_one(client::ApiClient* api, Json reply, std::string text) {
    auto control = co_await api->open(a_get(kTunnel));
    while (control) {
        auto line = co_await (*control)->read_line(kPatience);
        if (!line || !*line) co_return;
        const auto document = Json::parse(**line);
        if (document.empty()) continue;
        const auto request = parse_stream_request(document);
        auto target = a_get(std::string(kTunnel) + "/" + request->id);
        auto stream = co_await api->upgrade(std::move(target), std::string(kTunnelProtocol));
        if (!stream) co_return;
        const auto written = co_await (*stream)->write(reply.dump() + "\n" + text);
        if (written) co_await (*stream)->close_write();
        std::array<char, 64> rest{};  // a connection closed at once could lose what was written
        const auto ended = co_await (*stream)->read_some(rest);
        CHECK((!ended || *ended == 0));
        co_return;
    }
}

/// Asks for the log of the pod until an agent is connected.
Awaitable<Result<http::ClientResponse>> read_log(client::ApiClient* api) {
    while (true) {
        auto answer = co_await api->send(a_get("/api/v1/namespaces/default/pods/p/log"));
        if (!answer || answer->status != 503) co_return answer;
        co_await sleep_for(std::chrono::milliseconds(10));
    }
}

http::ClientResponse log_through(RunningServer& server, Json reply, std::string text) {
    const auto admin = server.connect();
    server.ok(admin->create(
        {"v1", "pods", "default"},
        {{"metadata", {{"name", "p"}}},
         {"spec", {{"nodeName", "n1"}, {"containers", {{{"name", "c"}, {"image", "busybox"}}}}}}}));
    const auto agent = server.connect(node_token(server));
    TaskGroup tasks(server.runner().executor());
    tasks.spawn("agent", answer_one(agent.get(), std::move(reply), std::move(text)));
    auto answer = server.ok(read_log(admin.get()));
    server.runner().run(tasks.stop());
    return answer;
}

}  // namespace

TEST_CASE("Tunnel: a log comes through the agent's own connection", "[apiserver][tunnel]") {
    RunningServer server;
    const auto answer = log_through(server, to_json(StreamReply{}), "one\ntwo\n");
    CHECK(answer.status == 200);
    CHECK(answer.body == "one\ntwo\n");
    CHECK(answer.headers.find("Content-Type") == "text/plain");
}

TEST_CASE("Tunnel: what the agent refuses reaches the client as it is", "[apiserver][tunnel]") {
    RunningServer server;
    StreamReply reply;
    reply.failure = Error{.reason = Reason::BadRequest, .message = "container \"c\" is waiting"};
    const auto answer = log_through(server, to_json(reply), "");
    CHECK(answer.status == 400);
    CHECK(Json::parse(answer.body)["message"] == "container \"c\" is waiting");
}

TEST_CASE("Tunnel: a stream nobody waits for is not found", "[apiserver][tunnel]") {
    RunningServer server;
    const auto agent = server.connect(node_token(server));
    CHECK(server.ok(agent->send(a_get(std::string(kTunnel) + "/abc"))).status == 404);
}
