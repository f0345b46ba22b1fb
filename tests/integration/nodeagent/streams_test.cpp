/// Commands, ports and usage through the agent's own connections: a real API server and a real
/// agent, over TLS, with the fake engine.
#include "common/api/command_status.hpp"
#include "common/async/task_group.hpp"
#include "common/client/pod_command.hpp"
#include "nodeagent/node_agent.hpp"
#include "tests/integration/apiserver/running_server.hpp"
#include "tests/support/fake_runtime.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <catch2/catch.hpp>

#include <fstream>
#include <functional>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using http::Channel;
using picket::testing::a_get;
using picket::testing::FakeRuntime;
using picket::testing::kPatience;
using picket::testing::RunningServer;
using picket::testing::TemporaryDirectory;
using Command = std::unique_ptr<client::PodCommand>;

constexpr const char* kImage = "streams";

/// A server, an agent, and a pod "web" with a container "main" that runs.
struct StreamCluster {
    RunningServer server;
    SystemClock clock;
    TemporaryDirectory data;
    std::string node = "streams-test-" + std::to_string(::getpid());
    FakeRuntime* engine = nullptr;
    std::unique_ptr<client::ApiClient> admin;
    std::unique_ptr<NodeAgent> agent;

    StreamCluster() {
        admin = server.connect();
        start_agent();
        server.ok(admin->create(
            {"v1", "pods", "default"},
            {{"metadata", {{"name", "web"}}},
             {"spec",
              {{"nodeName", node},
               {"hostNetwork", true},
               {"containers", {{{"name", "main"}, {"image", kImage}}}}}}}));
        until([&] {
            const auto pod = server.ok(admin->get({"v1", "pods", "default", "web"}));
            return pod["status"].value("phase", "") == "Running";
        });
    }
    ~StreamCluster() { stop_agent(); }

    void start_agent() {
        auto fake = std::make_unique<FakeRuntime>(server.runner().executor(), clock);
        fake->add_image(kImage);
        engine = fake.get();
        std::string token;
        std::ifstream(server.file("join-token")) >> token;
        NodeAgentOptions options;
        options.server = server.url();
        options.join_token = token;
        options.node_name = node;
        options.data_dir = data.path().string();
        options.heartbeat = 200ms;
        options.mounts_volumes = false;
        agent = std::make_unique<NodeAgent>(
            server.runner().executor(), options, std::move(fake), clock);
        const auto started = server.runner().run(agent->start());
        if (!started) FAIL(started.error().message);
    }
    void stop_agent() {
        if (agent) server.runner().run(agent->stop());
        agent.reset();
    }
    void until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            server.runner().context().restart();
            server.runner().context().run_one_for(20ms);
        }
    }
    /// Asks again while the agent has not connected yet.
    Command command(const std::string& verb, const std::string& query) {
        const auto target = "/api/v1/namespaces/default/pods/web/" + verb + "?" + query;
        std::optional<Command> opened;
        until([&] {
            auto result = server.runner().run(client::PodCommand::open(*admin, target));
            if (!result && result.error().reason != Reason::ServiceUnavailable)
                FAIL(result.error().message);
            if (result) opened = std::move(*result);
            return opened.has_value();
        });
        return std::move(*opened);
    }
    std::string page(const std::string& path) {
        std::string text;
        until([&] {
            auto answer = server.ok(admin->send(a_get(path)));
            if (answer.status == 200) text = answer.body;
            return answer.status == 200;
        });
        return text;
    }
};

struct Ending {
    std::string output = {};
    std::optional<Json> status = {};
};

Awaitable<Ending> read_to_end(client::PodCommand* command) {
    Ending ending;
    while (true) {
        auto frame = co_await command->receive();
        if (!frame || !*frame) co_return ending;
        if ((*frame)->channel == Channel::Status) {
            ending.status = Json::parse((*frame)->bytes, nullptr, false);
        } else {
            ending.output += (*frame)->bytes;
        }
    }
}

Awaitable<bool> send_all(client::PodCommand* command, std::string bytes) {
    constexpr std::size_t kStep = 50'000;
    for (std::size_t at = 0; at < bytes.size(); at += kStep) {
        const auto sent = co_await command->send(bytes.substr(at, kStep));
        if (!sent) co_return false;
    }
    co_return (co_await command->end_input()).has_value();
}

Awaitable<bool> wait_for_output(client::PodCommand* command, std::string wanted) {
    std::string output;
    while (output.find(wanted) == std::string::npos) {
        auto frame = co_await command->receive();
        if (!frame || !*frame) co_return false;
        output += (*frame)->bytes;
    }
    co_return true;
}

}  // namespace

TEST_CASE("Streams: exec tells its output and its exit code", "[streams]") {
    StreamCluster cluster;
    auto words = cluster.command("exec", "command=say&command=a%20b&stdout=true");
    auto ending = cluster.server.runner().run(read_to_end(words.get()));
    CHECK(ending.output == "say\na b\n");
    REQUIRE(ending.status);
    CHECK(*exit_code_of(*ending.status) == 0);

    auto failing = cluster.command("exec", "command=exit&command=3&stdout=true");
    ending = cluster.server.runner().run(read_to_end(failing.get()));
    REQUIRE(ending.status);
    CHECK(*exit_code_of(*ending.status) == 3);
}

TEST_CASE("Streams: what is typed comes back whole, much of it too", "[streams]") {
    StreamCluster cluster;
    std::string bytes(3'000'000, '\0');
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7 + i / 256);
    auto cat = cluster.command("exec", "command=cat&stdin=true&stdout=true");
    TaskGroup tasks(cluster.server.runner().executor());
    struct Sender {
        static Awaitable<> run(client::PodCommand* command, std::string text) {
            const bool sent = co_await send_all(command, std::move(text));
            CHECK(sent);
        }
    };
    tasks.spawn("input", Sender::run(cat.get(), bytes));
    const auto ending = cluster.server.runner().run(read_to_end(cat.get()));
    cluster.server.runner().run(tasks.stop());
    CHECK((ending.output == bytes));
    CHECK(ending.status.has_value());
}

TEST_CASE("Streams: the terminal's size reaches the command", "[streams]") {
    StreamCluster cluster;
    auto cat = cluster.command("exec", "command=cat&stdin=1&stdout=True&tty=t");
    REQUIRE(cluster.server.runner().run(cat->resize(120, 40)));
    CHECK(cluster.server.runner().run(wait_for_output(cat.get(), "<120x40>")));
}

TEST_CASE("Streams: a command whose agent goes away ends with an error", "[streams]") {
    StreamCluster cluster;
    auto cat = cluster.command("exec", "command=cat&stdin=true&stdout=true");
    REQUIRE(cluster.server.runner().run(cat->send("x")));
    REQUIRE(cluster.server.runner().run(wait_for_output(cat.get(), "x")));
    cluster.stop_agent();
    const auto ending = cluster.server.runner().run(read_to_end(cat.get()));
    REQUIRE(ending.status);
    CHECK_THAT(exit_code_of(*ending.status).error().message, Catch::Contains("was lost"));
}

TEST_CASE("Streams: a command whose server goes away ends, and the next one works", "[streams]") {
    StreamCluster cluster;
    auto cat = cluster.command("exec", "command=cat&stdin=true&stdout=true");
    REQUIRE(cluster.server.runner().run(cat->send("x")));
    REQUIRE(cluster.server.runner().run(wait_for_output(cat.get(), "x")));
    cluster.server.stop();
    const auto ending = cluster.server.runner().run(read_to_end(cat.get()));
    CHECK_FALSE(ending.status.has_value());
    cluster.server.start();
}

TEST_CASE("Streams: what cannot be is refused before anything is upgraded", "[streams]") {
    StreamCluster cluster;
    auto words = cluster.command("exec", "command=say&stdout=true");  // the agent is connected
    struct Row {
        const char* target;
        const char* message;
    };
    const Row rows[] = {
        {"web/exec?stdout=true", "at least 1 command"},
        {"web/exec?command=ls", "at least 1 of stdin"},
        {"web/exec?command=ls&stdout=true&container=no", "container no is not valid"},
        {"web/exec?command=ls&stdout=maybe", "not a boolean"},
        {"none/exec?command=ls&stdout=true", "not found"},
        {"web/portforward?ports=80", "cannot upgrade the connection"}};
    for (const auto& row : rows) {
        CAPTURE(row.target);
        const auto refused = cluster.server.error(client::PodCommand::open(
            *cluster.admin, std::string("/api/v1/namespaces/default/pods/") + row.target));
        CHECK_THAT(refused.message, Catch::Contains(row.message));
    }
    const auto no_port = cluster.server.error(
        client::open_pod_port(*cluster.admin, {"v1", "pods", "default", "web"}, 0));
    CHECK_THAT(no_port.message, Catch::Contains("\"0\" is not a port"));
    const auto plain = cluster.server.ok(cluster.admin->send(
        a_get("/api/v1/namespaces/default/pods/web/exec?command=ls&stdout=true")));
    CHECK(plain.status == 400);
}

TEST_CASE("Streams: a port of a pod on the host's network", "[streams]") {
    using boost::asio::ip::tcp;
    StreamCluster cluster;
    (void)cluster.command("exec", "command=say&stdout=true");  // the agent is connected
    auto executor = cluster.server.runner().executor();
    tcp::acceptor acceptor(executor, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    const auto port = acceptor.local_endpoint().port();
    struct Echo {
        static Awaitable<> once(tcp::acceptor* from) {
            auto socket = co_await from->async_accept(use_awaitable);
            std::array<char, 64> buffer{};
            const auto size =
                co_await socket.async_read_some(boost::asio::buffer(buffer), use_awaitable);
            co_await socket.async_write_some(boost::asio::buffer(buffer, size), use_awaitable);
        }
        static Awaitable<std::string> ask(client::ApiClient* api, std::uint16_t number) {
            auto opened =
                co_await client::open_pod_port(*api, {"v1", "pods", "default", "web"}, number);
            if (!opened) co_return opened.error().message;
            const auto sent = co_await (*opened)->write("ping");
            if (!sent) co_return sent.error().message;
            std::string answer;
            std::array<char, 64> buffer{};
            while (true) {
                const auto size = co_await (*opened)->read_some(buffer);
                if (!size) co_return size.error().message;
                if (*size == 0) co_return answer;
                answer.append(buffer.data(), *size);
            }
        }
    };
    TaskGroup tasks(executor);
    tasks.spawn("echo", Echo::once(&acceptor));
    CHECK(cluster.server.runner().run(Echo::ask(cluster.admin.get(), port)) == "ping");
    cluster.server.runner().run(tasks.stop());
    acceptor.close();
    CHECK_THAT(
        cluster.server.runner().run(Echo::ask(cluster.admin.get(), port)),
        Catch::Contains("cannot connect to port"));
}

TEST_CASE("Streams: usage and metrics of the agent come through the server", "[streams]") {
    StreamCluster cluster;
    const auto id = cluster.engine->running("main")->id;
    ContainerUsage usage;
    usage.cpu_nanoseconds = 2'500'000'000;
    usage.working_set_bytes = 3 << 20;
    cluster.engine->set_usage(id, usage);
    const auto proxy = "/api/v1/nodes/" + cluster.node + "/proxy/";
    CHECK_THAT(
        cluster.page(proxy + "metrics"), Catch::Contains("picket_agent_running_containers 1"));
    CHECK_THAT(
        cluster.page(proxy + "metrics/resource"),
        Catch::Contains("container_cpu_usage_seconds_total{container=\"main\",namespace="
                        "\"default\",pod=\"web\"} 2.5"));
    CHECK_THAT(cluster.page(proxy + "metrics/cadvisor"), Catch::Contains("container_memory_rss{"));
    CHECK(cluster.engine->count("usage") == 2);  // asked for twice, and not otherwise
    const auto missing = cluster.server.ok(cluster.admin->send(a_get(proxy + "nothing")));
    CHECK(missing.status == 404);

    const auto pods = Json::parse(cluster.page("/apis/metrics.k8s.io/v1beta1/pods"));
    REQUIRE(pods["items"].size() == 1);
    CHECK(pods["items"][0]["containers"][0]["usage"]["memory"] == "3072Ki");
    const auto node =
        Json::parse(cluster.page("/apis/metrics.k8s.io/v1beta1/nodes/" + cluster.node));
    CHECK(node["kind"] == "NodeMetrics");
    const auto other = cluster.server.ok(
        cluster.admin->send(a_get("/apis/metrics.k8s.io/v1beta1/namespaces/default/pods/none")));
    CHECK(other.status == 404);
}

}  // namespace picket::nodeagent
