/// The whole agent against a real API server over TLS: once with the fake engine, once with Docker
/// where it answers.
#include "common/api/json_read.hpp"
#include "nodeagent/node_agent.hpp"
#include "nodeagent/runtime/docker_runtime.hpp"
#include "nodeagent/runtime/labels.hpp"
#include "tests/integration/apiserver/running_server.hpp"
#include "tests/integration/nodeagent/docker_image.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/forwarding_runtime.hpp"
#include "tests/support/result_text.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <map>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using picket::testing::docker_answers;
using picket::testing::FakeRuntime;
using picket::testing::kDockerSocket;
using picket::testing::kTestImage;
using picket::testing::RunningServer;
using picket::testing::TemporaryDirectory;

struct Cluster {
    RunningServer server;
    SystemClock clock;
    TemporaryDirectory data;
    std::string node = "agent-test-" + std::to_string(::getpid());
    std::unique_ptr<Runtime> engine;
    std::unique_ptr<client::ApiClient> admin;
    std::unique_ptr<NodeAgent> agent;

    explicit Cluster(bool docker) {
        auto executor = server.runner().executor();
        if (docker) {
            engine = std::make_unique<DockerRuntime>(
                executor, http::Endpoint{http::Endpoint::Transport::Unix, {}, 0, kDockerSocket});
        } else {
            auto fake = std::make_unique<FakeRuntime>(executor, clock);
            fake->add_image(kTestImage);
            engine = std::move(fake);
        }
        admin = server.connect();
        start_agent();
    }
    ~Cluster() {
        stop_agent();
        for (const auto& container : containers()) (void)run(engine->remove(container.id));
    }

    template <class T>
    T run(Awaitable<T> call) {
        return server.runner().run(std::move(call));
    }
    [[nodiscard]] NodeAgentOptions options(const std::string& data_dir) const {
        std::ifstream file(server.file("join-token"));
        std::string token;
        file >> token;
        NodeAgentOptions result;
        result.server = server.url();
        result.join_token = token;
        result.node_name = node;
        result.node_labels = {{"disk", "ssd"}};
        result.data_dir = data_dir;
        result.heartbeat = 200ms;
        return result;
    }
    void start_agent() {
        agent = std::make_unique<NodeAgent>(
            server.runner().executor(),
            options(data.path().string()),
            std::make_unique<picket::testing::ForwardingRuntime>(*engine),
            clock);
        const auto started = run(agent->start());
        if (!started) FAIL(started.error().message);
    }
    void stop_agent() {
        if (agent) run(agent->stop());
        agent.reset();
    }
    std::vector<ContainerState> containers() {
        auto found = run(engine->list({{std::string(label::kNode), node}}));
        return found ? std::move(*found) : std::vector<ContainerState>();
    }
    std::string running_id(const std::string& container) {
        for (const auto& state : containers()) {
            if (state.running() && state.label(label::kContainerName) == container) return state.id;
        }
        return {};
    }
    Json get(const client::Target& target) {
        auto object = run(admin->get(target));
        return object ? std::move(*object) : Json();
    }
    /// How many the server has answered well so far.
    int requests(const std::string& verb, const std::string& resource) {
        http::Request request;
        request.target = "/metrics";
        const auto answer = run(admin->send(std::move(request)));
        REQUIRE(answer);
        const auto line = fmt::format(
            "picket_apiserver_requests_total{{verb=\"{}\",resource=\"{}\",code=\"200\"}} ",
            verb,
            resource);
        const auto found = answer->body.find(line);
        return found == std::string::npos ? 0 : std::stoi(answer->body.substr(found + line.size()));
    }
    Json pod(const std::string& name = "web") { return get({"v1", "pods", "default", name}); }
    std::string phase(const std::string& name = "web") {
        return json_read::text(json_read::member(pod(name), "status"), "phase");
    }
    bool ready(const Json& object) {
        for (const auto& condition :
             json_read::member(json_read::member(object, "status"), "conditions")) {
            if (json_read::text(condition, "type") == "Ready")
                return json_read::text(condition, "status") == "True";
        }
        return false;
    }
    /// Asks again as the loop goes on, until it holds; fails the test when it never does.
    void until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            server.runner().context().restart();
            server.runner().context().run_one_for(20ms);
        }
    }
    void create_pod(const std::string& name, Json spec = Json::object()) {
        spec["nodeName"] = node;
        spec["terminationGracePeriodSeconds"] = 1;
        if (!spec.contains("containers")) spec["containers"] = Json::array({container("main")});
        server.ok(admin->create(
            {"v1", "pods", "default"},
            {{"apiVersion", "v1"},
             {"kind", "Pod"},
             {"metadata", {{"name", name}}},
             {"spec", std::move(spec)}}));
    }
    [[nodiscard]] static Json container(const std::string& name) {
        return {
            {"name", name},
            {"image", kTestImage},
            {"command",
             {"/bin/busybox", "sh", "-c", "echo hello from $NAME; exec /bin/busybox sleep 600"}},
            {"env", Json::array({Json{{"name", "NAME"}, {"value", name}}})}};
    }
};

bool pick_docker() {
    const bool docker = GENERATE(false, true);
    if (docker && !docker_answers()) {
        WARN("no Docker Engine here: the agent was checked over the fake alone");
        return false;
    }
    return docker;
}

TEST_CASE("Agent: the node appears, Ready, labelled, with a Lease", "[agent]") {
    Cluster cluster(false);
    cluster.until([&] { return cluster.ready(cluster.get({"v1", "nodes", "", cluster.node})); });
    const auto node = cluster.get({"v1", "nodes", "", cluster.node});
    CHECK(node["metadata"]["labels"]["kubernetes.io/hostname"] == cluster.node);
    CHECK(node["metadata"]["labels"]["kubernetes.io/os"] == "linux");
    CHECK(node["metadata"]["labels"]["disk"] == "ssd");
    CHECK(node["status"]["nodeInfo"].size() == 10);
    CHECK(node["status"]["allocatable"].contains("memory"));
    const client::Target lease{"coordination.k8s.io/v1", "leases", "kube-node-lease", cluster.node};
    cluster.until([&] { return !cluster.get(lease).is_null(); });
    const auto renewed = cluster.get(lease)["spec"]["renewTime"];
    cluster.until([&] { return cluster.get(lease)["spec"]["renewTime"] != renewed; });
}

TEST_CASE("Agent: a pod runs, its dead container comes back, its end leaves nothing", "[agent]") {
    Cluster cluster(pick_docker());
    cluster.create_pod("web");
    cluster.until([&] { return cluster.phase() == "Running" && cluster.ready(cluster.pod()); });
    const auto first = cluster.running_id("main");
    REQUIRE_FALSE(first.empty());
    CHECK(cluster.pod()["status"]["containerStatuses"][0]["containerID"] == "docker://" + first);
    CHECK_FALSE(json_read::text(cluster.pod()["status"], "podIP").empty());

    REQUIRE(cluster.run(cluster.engine->kill(first, "KILL")));
    cluster.until(
        [&] { return cluster.pod()["status"]["containerStatuses"][0]["restartCount"] == 1; });
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    CHECK(cluster.running_id("main") != first);
    CHECK(
        cluster.pod()["status"]["containerStatuses"][0]["lastState"]["terminated"]["exitCode"] ==
        137);

    cluster.server.ok(cluster.admin->remove({"v1", "pods", "default", "web"}, nullptr));
    cluster.until([&] { return cluster.pod().is_null(); });
    CHECK(cluster.running_id("main").empty());
    cluster.until([&] { return cluster.containers().empty(); });
}

TEST_CASE("Agent: a restart reads its variables anew, of which no watch tells", "[agent]") {
    Cluster cluster(false);
    const client::Target settings{"v1", "configmaps", "default", "settings"};
    cluster.server.ok(cluster.admin->create(
        {"v1", "configmaps", "default"},
        {{"metadata", {{"name", "settings"}}}, {"data", {{"mode", "first"}}}}));
    auto container = Cluster::container("main");
    container["env"] = Json::parse(
        R"([{"name":"MODE","valueFrom":{"configMapKeyRef":{"name":"settings","key":"mode"}}}])");
    cluster.create_pod("web", {{"containers", Json::array({container})}});
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    const auto first = cluster.running_id("main");
    const auto mode = [&](const std::string& id) {
        const auto& spec = dynamic_cast<FakeRuntime&>(*cluster.engine).spec(id);
        return std::map(spec.environment.begin(), spec.environment.end())["MODE"];
    };
    CHECK(mode(first) == "first");

    cluster.server.ok(
        cluster.admin->patch(settings, client::PatchType::Merge, {{"data", {{"mode", "second"}}}}));
    REQUIRE(cluster.run(cluster.engine->kill(first, "KILL")));
    cluster.until([&] { return !cluster.running_id("main").empty(); });
    CHECK(mode(cluster.running_id("main")) == "second");
}

TEST_CASE("Agent: a restart waits for no object that is watched anyway", "[agent]") {
    Cluster cluster(false);
    cluster.server.ok(cluster.admin->create(
        {"v1", "configmaps", "default"},
        {{"metadata", {{"name", "settings"}}}, {"data", {{"mode", "first"}}}}));
    auto container = Cluster::container("main");
    container["volumeMounts"] = Json::parse(R"([{"name":"settings","mountPath":"/settings"}])");
    cluster.create_pod(
        "web",
        {{"containers", Json::array({container})},
         {"volumes", Json::parse(R"([{"name":"settings","configMap":{"name":"settings"}}])")}});
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    const auto asked = cluster.requests("get", "configmaps");
    CHECK(asked > 0);

    REQUIRE(cluster.run(cluster.engine->kill(cluster.running_id("main"), "KILL")));
    cluster.until(
        [&] { return cluster.pod()["status"]["containerStatuses"][0]["restartCount"] == 1; });
    CHECK(cluster.requests("get", "configmaps") == asked);
}

TEST_CASE("Agent: two containers share one network", "[agent]") {
    Cluster cluster(pick_docker());
    cluster.create_pod(
        "two", {{"containers", Json::array({Cluster::container("a"), Cluster::container("b")})}});
    cluster.until([&] { return cluster.ready(cluster.pod("two")); });
    const auto sandbox = cluster.running_id("POD");
    for (const auto* name : {"a", "b"}) {
        auto state = cluster.run(cluster.engine->inspect(cluster.running_id(name)));
        REQUIRE(state);
        CHECK(state->network_mode == "container:" + sandbox);
    }
}

TEST_CASE("Agent: started again, with or without its server, it changes no container", "[agent]") {
    Cluster cluster(pick_docker());
    cluster.create_pod("web");
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    const auto id = cluster.running_id("main");

    cluster.stop_agent();
    CHECK(cluster.running_id("main") == id);
    auto offline = cluster.options(cluster.data.path().string());
    offline.server = "https://127.0.0.1:1";
    cluster.server.stop();
    cluster.agent = std::make_unique<NodeAgent>(
        cluster.server.runner().executor(),
        offline,
        std::make_unique<picket::testing::ForwardingRuntime>(*cluster.engine),
        cluster.clock);
    REQUIRE(cluster.run(cluster.agent->start()));
    REQUIRE(cluster.run(cluster.engine->kill(id, "KILL")));
    cluster.until([&] { return !cluster.running_id("main").empty(); });
    const auto second = cluster.running_id("main");
    CHECK(second != id);

    cluster.stop_agent();
    cluster.server.start();
    cluster.admin = cluster.server.connect();
    cluster.start_agent();
    cluster.until(
        [&] { return cluster.pod()["status"]["containerStatuses"][0]["restartCount"] == 1; });
    CHECK(cluster.running_id("main") == second);
}

TEST_CASE("Agent: a host whose credential is damaged runs its local copy", "[agent]") {
    Cluster cluster(false);
    cluster.create_pod("web");
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    const auto id = cluster.running_id("main");
    cluster.stop_agent();
    REQUIRE(cluster.run(cluster.engine->kill(id, "KILL")));
    std::ofstream(cluster.data.path() / "credential.json") << R"({"agentId":)";
    auto without_token = cluster.options(cluster.data.path().string());
    without_token.join_token.clear();
    const auto start = [&] {
        cluster.agent = std::make_unique<NodeAgent>(
            cluster.server.runner().executor(),
            without_token,
            std::make_unique<picket::testing::ForwardingRuntime>(*cluster.engine),
            cluster.clock);
        return cluster.run(cluster.agent->start());
    };
    REQUIRE(start());
    cluster.until([&] { return !cluster.running_id("main").empty(); });

    cluster.stop_agent();
    const TemporaryDirectory empty;
    without_token.data_dir = empty.path().string();
    const auto started = start();
    REQUIRE_FALSE(started);
    CHECK(started.error().message.find("join token") != std::string::npos);
    cluster.stop_agent();
}

TEST_CASE("Agent: a deletion made while it was away is applied", "[agent]") {
    Cluster cluster(false);
    cluster.create_pod("web");
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    cluster.stop_agent();
    cluster.server.ok(
        cluster.admin->remove({"v1", "pods", "default", "web"}, {{"gracePeriodSeconds", 0}}));
    CHECK_FALSE(cluster.running_id("main").empty());
    cluster.start_agent();
    cluster.until([&] { return cluster.containers().empty(); });
}

TEST_CASE("Agent: logs travel through the tunnel", "[agent]") {
    Cluster cluster(pick_docker());
    cluster.create_pod("web");
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    const auto id = cluster.running_id("main");
    if (auto* fake = dynamic_cast<FakeRuntime*>(cluster.engine.get()))
        fake->set_log(id, "hello from main\n");
    http::Request request;
    request.target = "/api/v1/namespaces/default/pods/web/log?container=main&tailLines=10";
    std::string text;
    cluster.until([&] {
        auto response = cluster.run(cluster.admin->send(request));
        if (response && response->status == 200) text = response->body;
        return !text.empty();
    });
    CHECK(text == "hello from main\n");
}

TEST_CASE("Agent: a node that is deleted while its agent lives is registered anew", "[agent]") {
    Cluster cluster(false);
    const client::Target target{"v1", "nodes", "", cluster.node};
    cluster.until([&] { return cluster.ready(cluster.get(target)); });
    const auto uid = cluster.get(target)["metadata"]["uid"];
    cluster.server.ok(cluster.admin->remove(target, nullptr));
    cluster.until([&] {
        const auto node = cluster.get(target);
        return cluster.ready(node) && node["metadata"]["uid"] != uid;
    });
}

TEST_CASE("Agent: a second agent with a name in use runs nothing", "[agent]") {
    Cluster cluster(false);
    cluster.create_pod("web");
    cluster.until([&] { return cluster.ready(cluster.pod()); });
    TemporaryDirectory other;
    FakeRuntime second_engine(cluster.server.runner().executor(), cluster.clock);
    second_engine.add_image(kTestImage);
    NodeAgent second(
        cluster.server.runner().executor(),
        cluster.options(other.path().string()),
        std::make_unique<picket::testing::ForwardingRuntime>(second_engine),
        cluster.clock);
    REQUIRE(cluster.run(second.start()));
    cluster.create_pod("later");
    cluster.until([&] { return cluster.phase("later") == "Running"; });
    CHECK(second_engine.containers().empty());
    cluster.run(second.stop());
}

TEST_CASE("Agent: a pod that asks for too much is refused with the reason", "[agent]") {
    Cluster cluster(false);
    auto greedy = Cluster::container("main");
    greedy["resources"] = {{"requests", {{"cpu", "10k"}}}};
    cluster.create_pod("web", {{"containers", Json::array({greedy})}});
    cluster.until([&] { return cluster.phase() == "Failed"; });
    CHECK(cluster.pod()["status"]["reason"] == "OutOfcpu");
    CHECK(cluster.containers().empty());
}

}  // namespace
}  // namespace picket::nodeagent
