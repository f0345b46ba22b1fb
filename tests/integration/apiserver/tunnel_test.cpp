#include "common/api/tunnel.hpp"

#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "tests/integration/apiserver/running_server.hpp"

#include <array>
#include <fstream>
#include <set>

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
        const auto parsed = parse_control_line(**line);
        const auto* request = std::get_if<StreamRequest>(&*parsed);
        if (request == nullptr) continue;
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

/// An agent's control stream, and the watches that it asks for.
class Control {
public:
    Control(RunningServer& server, const std::string& token)
        : server_(server),
          api_(server.connect(token)),
          stream_(server.ok(api_->open(a_get(kTunnel)))) {
        session_ = std::get<control_line::Session>(next()).id;
    }

    [[nodiscard]] const std::string& session() const { return session_; }
    [[nodiscard]] std::string next_text() {
        auto line = server_.ok(stream_->read_line(kPatience));
        REQUIRE(line);
        return std::move(*line);
    }
    /// Keep-alives left out.
    [[nodiscard]] ControlLine next() {
        for (;;) {
            auto line = parse_control_line(next_text());
            REQUIRE(line);
            if (!std::holds_alternative<control_line::KeepAlive>(*line)) return std::move(*line);
            ++keep_alives_;
        }
    }
    [[nodiscard]] int keep_alives() const { return keep_alives_; }
    [[nodiscard]] http::ClientResponse ask(const CarriedWatch& watch) {
        auto request = a_get(kTunnel);
        request.method = http::Method::Post;
        request.headers.set("Content-Type", "application/json");
        request.body = to_json(watch).dump();
        return server_.ok(api_->send(std::move(request)));
    }

private:
    RunningServer& server_;
    std::unique_ptr<client::ApiClient> api_;
    std::unique_ptr<http::StreamingResponse> stream_;
    std::string session_;
    int keep_alives_ = 0;
};

constexpr const char* kOwnPods = "/api/v1/pods?watch=true&fieldSelector=spec.nodeName%3Dn1";

Json a_pod_on_n1(const std::string& name) {
    return {
        {"metadata", {{"name", name}}},
        {"spec", {{"nodeName", "n1"}, {"containers", {{{"name", "c"}, {"image", "busybox"}}}}}}};
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
    server.ok(admin->create({"v1", "pods", "default"}, a_pod_on_n1("p")));
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

TEST_CASE("Tunnel: watches of an agent come on its control stream", "[apiserver][tunnel]") {
    RunningServer server;
    const auto admin = server.connect();
    Control control(server, node_token(server));
    REQUIRE(control.ask({control.session(), "a", kOwnPods}).status == 200);
    REQUIRE(control.ask({control.session(), "b", kOwnPods}).status == 200);
    server.ok(admin->create({"v1", "pods", "default"}, a_pod_on_n1("p")));
    std::set<std::string> told;
    while (told.size() < 2) {
        const auto lines = std::get<control_line::WatchLines>(control.next());
        CHECK(lines.count == 1);
        const auto event = Json::parse(control.next_text());
        CHECK(event["type"] == "ADDED");
        CHECK(event["object"]["metadata"]["name"] == "p");
        told.insert(lines.watch);
    }
    CHECK(told == std::set<std::string>{"a", "b"});
    CHECK(control.keep_alives() < 5);  // one each ten seconds
}

TEST_CASE("Tunnel: a watch that ends says so, and its name is free again", "[apiserver][tunnel]") {
    RunningServer server;
    Control control(server, node_token(server));
    const auto target = kOwnPods + std::string("&timeoutSeconds=1");
    REQUIRE(control.ask({control.session(), "a", target}).status == 200);
    CHECK(control.ask({control.session(), "a", target}).status == 409);
    CHECK(std::get<control_line::WatchEnd>(control.next()).watch == "a");
    CHECK(control.ask({control.session(), "a", target}).status == 200);
}

TEST_CASE("Tunnel: a watch is refused there as anywhere else", "[apiserver][tunnel]") {
    RunningServer server;
    Control control(server, node_token(server));
    const auto status_of = [&](const std::string& session, const std::string& target) {
        return control.ask({session, "a", target}).status;
    };
    CHECK(status_of("another", kOwnPods) == 409);
    CHECK(status_of(control.session(), "/api/v1/pods?watch=true") == 403);
    CHECK(status_of(control.session(), "/api/v1/secrets?watch=true") == 403);
    CHECK(status_of(control.session(), "/api/v1/nodes/n1") == 400);
    CHECK(status_of(control.session(), kOwnPods + std::string("&resourceVersion=x")) == 400);
    CHECK(status_of(control.session(), kOwnPods + std::string("&resourceVersion=99999")) == 410);
    CHECK(status_of(control.session(), "no path") == 400);
    CHECK(status_of(control.session(), kOwnPods) == 200);
}

TEST_CASE("Tunnel: a new control stream takes the place of the old one", "[apiserver][tunnel]") {
    RunningServer server;
    const auto token = node_token(server);
    Control old(server, token);
    REQUIRE(old.ask({old.session(), "a", kOwnPods}).status == 200);
    Control control(server, token);
    CHECK(control.ask({old.session(), "b", kOwnPods}).status == 409);
    CHECK(control.ask({control.session(), "a", kOwnPods}).status == 200);
}
