/// A host's pods over a fake engine: the real manager, workers and watcher on one loop.
#include "nodeagent/pod/pod_manager.hpp"

#include "common/async/task_group.hpp"
#include "nodeagent/blackbox/black_box.hpp"
#include "nodeagent/pod/runtime_watcher.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/forwarding_runtime.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/run_async.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/nodeagent/pod_builder.hpp"

#include <catch2/catch.hpp>

#include <functional>

namespace picket::nodeagent {
namespace {

using builders::a_pod;
using picket::testing::AsyncRunner;
using picket::testing::FakeRuntime;
using picket::testing::TemporaryDirectory;

/// Gives the objects that a test sets, and keeps what is reported.
class Reports final : public StatusSink, public PodEvents, public ObjectSource {
public:
    void report(const Pod& pod, Json status) override { statuses[pod.uid] = std::move(status); }
    void normal(const Pod&, const std::string&, std::string reason, std::string) override {
        events.push_back(reason);
    }
    void warning(const Pod&, const std::string&, std::string reason, std::string) override {
        events.push_back(reason);
    }
    Awaitable<Result<ReferencedObjects>> fetch(std::shared_ptr<const Pod>) override {
        co_return objects;
    }
    void follow(const Pod&, ReferencedNames, std::function<void()> on_change) override {
        changed = std::move(on_change);
    }
    void unfollow(const std::string&) override { changed = {}; }

    [[nodiscard]] bool saw(const std::string& reason) const {
        return std::find(events.begin(), events.end(), reason) != events.end();
    }
    [[nodiscard]] std::string phase(const std::string& uid) const {
        const auto found = statuses.find(uid);
        return found == statuses.end() ? "" : found->second.value("phase", "");
    }

    std::map<std::string, Json> statuses;
    std::vector<std::string> events;
    ReferencedObjects objects;
    std::function<void()> changed;
};

NodeContext this_node() {
    NodeContext node;
    node.name = "node-1";
    node.ip = "10.0.0.1";
    node.allocatable = {{"pods", Quantity::of(10)}};
    return node;
}

/// One life of an agent on a host; the engine and the data dir outlive it.
struct Agent {
    AsyncRunner& runner;
    SystemClock clock;
    Reports reports;
    NodeContext node = this_node();
    PodCheckpoint checkpoint;
    PodVolumes volumes;
    PodServices services;
    std::vector<std::string> departed;
    PodManager pods;
    RuntimeWatcher watcher;
    TaskGroup tasks;

    Agent(AsyncRunner& loop, Runtime& engine, const TemporaryDirectory& data)
        : runner(loop),
          checkpoint(data.path() / "pods"),
          volumes(data.path() / "volumes"),
          services{engine, clock, node, volumes, reports, reports, reports},
          pods(
              loop.executor(),
              services,
              checkpoint,
              [this](const Pod& pod) { departed.push_back(pod.uid); }),
          watcher(engine, pods, node.name, [](const Error*) {}),
          tasks(loop.executor()) {
        REQUIRE(checkpoint.open());
        REQUIRE(volumes.open());
        pods.restore();
        tasks.spawn("pods", pods.run());
        tasks.spawn("watcher", watcher.run());
    }
    ~Agent() { runner.run(end(this)); }

    static Awaitable<> end(Agent* agent) {
        co_await agent->tasks.stop();
        co_await agent->pods.stop();
    }
};

struct Host {
    AsyncRunner runner;
    SystemClock clock;
    TemporaryDirectory data;
    FakeRuntime engine{runner.executor(), clock};
    std::unique_ptr<Agent> agent;

    Host() {
        engine.add_image("image:1");
        boot();
    }
    ~Host() { agent.reset(); }
    void boot() {
        agent.reset();
        agent = std::make_unique<Agent>(runner, engine, data);
    }
    /// Drives the loop until `holds`; fails the test when it never does.
    void until(const std::function<bool()>& holds) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        runner.context().restart();
        while (!holds()) {
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            runner.context().run_one_for(std::chrono::milliseconds{100});
        }
    }
    [[nodiscard]] bool runs(const std::string& container) const {
        return engine.running(container).has_value();
    }
    [[nodiscard]] std::string id(const std::string& container) const {
        return engine.running(container)->id;
    }
};

/// An engine that can be made to wait with its word on an image.
class HeldImages final : public picket::testing::ForwardingRuntime {
public:
    HeldImages(boost::asio::any_io_executor executor, Runtime& engine)
        : ForwardingRuntime(engine), released_(executor) {}

    void hold() { held_ = true; }
    void release() {
        held_ = false;
        released_.notify();
    }
    [[nodiscard]] bool asked() const { return asked_; }

    Awaitable<Result<ImageInfo>> inspect_image(std::string image) override {
        asked_ = held_;
        while (held_) co_await released_.wait();
        co_return co_await ForwardingRuntime::inspect_image(std::move(image));
    }

private:
    bool held_ = false;
    bool asked_ = false;
    Notification released_;
};

TEST_CASE("Pods of a host: bound, it runs and is reported Running", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.agent->reports.phase("uid-1") == "Running"; });
    CHECK(host.runs("main"));
    CHECK(host.agent->reports.saw("Started"));
    CHECK(host.engine.count("create") == 1);
}

TEST_CASE("Pods of a host: another address of the host is reported", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").with("hostNetwork", true).json()});
    host.until([&] { return host.agent->reports.phase("uid-1") == "Running"; });
    const auto& status = host.agent->reports.statuses.at("uid-1");
    CHECK(status.at("podIP") == "10.0.0.1");
    host.agent->node.ip = "10.0.0.2";
    host.agent->pods.host_changed();
    host.until([&] { return status.at("podIP") == "10.0.0.2"; });
    CHECK(status.at("hostIP") == "10.0.0.2");
}

TEST_CASE("Pods of a host: several containers share a sandbox", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("a").container("b").json()});
    host.until([&] { return host.runs("a") && host.runs("b"); });
    const auto sandbox = host.id("POD");
    CHECK(host.engine.spec(host.id("a")).namespaces.network == "container:" + sandbox);
    CHECK(host.engine.spec(host.id("b")).namespaces.network == "container:" + sandbox);
}

TEST_CASE("Pods of a host: a killed container is back at once with a higher count", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    const auto first = host.id("main");
    host.engine.end_container(first, 137);
    host.until([&] { return host.runs("main"); });
    CHECK(host.id("main") != first);
    host.until([&] {
        return host.agent->reports.statuses["uid-1"]["containerStatuses"][0]["restartCount"] == 1;
    });
}

TEST_CASE(
    "Pods of a host: a restart that waits for word of its image is not kept by the dead one's log",
    "[nodeagent]") {
    Host host;
    HeldImages engine(host.runner.executor(), host.engine);
    BlackBox black_box(host.data.path() / "exits");
    REQUIRE(black_box.open());
    host.agent.reset();
    Agent agent(host.runner, engine, host.data);
    agent.services.black_box = &black_box;
    auto pod = a_pod().container("main").json();
    agent.pods.replace_pods({pod});
    host.until([&] { return host.runs("main"); });

    engine.hold();
    host.engine.end_container(host.id("main"), 137);
    host.until([&] { return engine.asked(); });
    pod["metadata"]["annotations"]["seen"] = "true";  // any event of the pod
    agent.pods.set_pod(pod);
    while (host.runner.context().poll() > 0) {
    }
    CHECK(host.engine.count("logs") == 0);
    engine.release();
    host.until([&] { return host.runs("main") && host.engine.count("logs") == 1; });
}

TEST_CASE(
    "Pods of a host: what ends with its sandbox counts one restart, whichever end is heard first",
    "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("a").container("b").json()});
    host.until([&] { return host.runs("a") && host.runs("b"); });
    const auto sandbox = host.id("POD");
    host.engine.end_unheard(sandbox, 137);
    host.engine.end_container(host.id("a"), 137);
    host.until([&] { return host.runs("POD") && host.runs("a") && host.runs("b"); });
    CHECK(host.id("POD") != sandbox);
    for (const auto* name : {"a", "b"}) CHECK(identity_of(*host.engine.running(name)).attempt == 1);
}

TEST_CASE("Pods of a host: a container removed by somebody else is back", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    host.engine.drop_container(host.id("main"));
    host.until([&] { return host.runs("main"); });
    CHECK(identity_of(*host.engine.running("main")).attempt == 1);
}

TEST_CASE("Pods of a host: a deleted pod leaves nothing and departs", "[nodeagent]") {
    Host host;
    auto pod = a_pod().container("a").container("b").json();
    host.agent->pods.replace_pods({pod});
    host.until([&] { return host.runs("a") && host.runs("b"); });
    pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    pod["metadata"]["deletionGracePeriodSeconds"] = 30;
    host.agent->pods.set_pod(pod);
    host.until([&] { return !host.agent->departed.empty(); });
    CHECK_FALSE((host.runs("a") || host.runs("b")));
    host.until([&] { return host.engine.containers().empty(); });
    host.until([&] { return host.agent->checkpoint.load_pods().empty(); });
    CHECK(host.agent->departed == std::vector<std::string>{"uid-1"});
}

TEST_CASE("Pods of a host: a new agent takes over what runs, without a server", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("a").container("b").json()});
    host.until([&] { return host.runs("a") && host.runs("b"); });
    const auto before = std::vector{host.id("POD"), host.id("a"), host.id("b")};
    const auto created = host.engine.count("create");

    host.boot();
    host.until([&] { return host.agent->reports.phase("uid-1") == "Running"; });
    CHECK(std::vector{host.id("POD"), host.id("a"), host.id("b")} == before);
    CHECK(host.engine.count("create") == created);
}

TEST_CASE("Pods of a host: without a server a new agent restarts what has died", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    const auto id = host.id("main");
    host.agent.reset();
    host.engine.end_container(id, 1);
    host.boot();
    host.until([&] { return host.runs("main"); });
    CHECK(identity_of(*host.engine.running("main")).attempt == 1);
}

TEST_CASE("Pods of a host: a deletion made while the agent was away is applied", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    host.boot();
    host.until([&] { return host.agent->reports.phase("uid-1") == "Running"; });
    CHECK(host.runs("main"));
    host.agent->pods.replace_pods({});
    host.until([&] { return host.engine.containers().empty(); });
}

TEST_CASE(
    "Pods of a host: containers of an unknown pod are ended, but not before the API was heard",
    "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    host.agent->checkpoint.remove_pod("uid-1");
    const auto lists = host.engine.count("list");
    host.boot();
    host.until([&] { return host.engine.count("list") > lists; });
    host.runner.poll();
    CHECK(host.runs("main"));
    host.agent->pods.replace_pods({});
    host.until([&] { return host.engine.containers().empty(); });
}

TEST_CASE("Pods of a host: while the engine is away nothing is lost", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    const auto id = host.id("main");
    host.engine.set_away(true);
    host.runner.poll();
    host.engine.set_away(false);
    const auto lists = host.engine.count("list");
    host.until([&] { return host.engine.count("list") > lists; });
    host.runner.poll();
    CHECK(host.id("main") == id);
    host.engine.end_container(id, 1);
    host.until([&] { return host.runs("main"); });
}

TEST_CASE(
    "Pods of a host: what the engine took down with itself is back at once, however often",
    "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.runs("main"); });
    for (int crash = 0; crash < 4; ++crash) {
        const auto id = host.id("main");
        host.engine.set_away(true);
        host.runner.poll();
        host.engine.end_container(id, 137);
        host.engine.set_away(false);
        host.until([&] { return host.runs("main") && host.id("main") != id; });
    }
}

TEST_CASE(
    "Pods of a host: an image that is missing is pulled, and a failed pull is told",
    "[nodeagent]") {
    Host host;
    host.engine.fail_next(
        "pull", Error{.reason = Reason::ServiceUnavailable, .message = "manifest unknown"});
    host.agent->pods.replace_pods({a_pod().container("main", {{"image", "image:2"}}).json()});
    host.until([&] {
        const auto& status = host.agent->reports.statuses["uid-1"];
        return status.is_object() && status["containerStatuses"][0]["state"]["waiting"].value(
                                         "reason", "") == "ErrImagePull";
    });
    CHECK(host.agent->reports.saw("Pulling"));
    CHECK_FALSE(host.runs("main"));
}

TEST_CASE(
    "Pods of a host: the engine's words stand in the status of a container it refuses",
    "[nodeagent]") {
    Host host;
    host.engine.fail_next(
        "create", Error{.reason = Reason::BadRequest, .message = "minimum memory limit is 6MB"});
    host.agent->pods.replace_pods({a_pod().container("main").json()});
    host.until([&] { return host.agent->reports.saw("Failed"); });
    host.until([&] { return host.agent->reports.phase("uid-1") == "Pending"; });
    const auto waiting =
        host.agent->reports.statuses["uid-1"]["containerStatuses"][0]["state"]["waiting"];
    CHECK(waiting["reason"] == "CreateContainerError");
    CHECK(waiting["message"] == "minimum memory limit is 6MB");
}

std::string prefetch_reason(const Json& status) {
    for (const auto& condition : status.value("conditions", Json::array())) {
        if (condition["type"] == "prefetched.picket.dev/r2")
            return condition["status"].get<std::string>() + " " + condition.value("reason", "");
    }
    return {};
}

TEST_CASE(
    "Pods of a host: the images of an update are pulled while the old pod runs on", "[nodeagent]") {
    Host host;
    auto pod = a_pod().container("main").json();
    host.agent->pods.replace_pods({pod});
    host.until([&] { return host.agent->reports.phase("uid-1") == "Running"; });
    const auto id = host.id("main");

    host.engine.fail_next(
        "pull", Error{.reason = Reason::ServiceUnavailable, .message = "manifest unknown"});
    pod["metadata"]["annotations"]["picket.dev/prefetch"] =
        R"({"revision":"r2","images":[{"image":"image:2","policy":"IfNotPresent"}]})";
    host.agent->pods.set_pod(pod);
    const auto& status = host.agent->reports.statuses["uid-1"];
    host.until([&] { return prefetch_reason(status) == "False ErrImagePull"; });

    // The next try comes after its back-off, or when asked again.
    pod["metadata"]["annotations"]["picket.dev/prefetch"] =
        R"({"revision":"r2","asked":"later","images":[{"image":"image:2","policy":"IfNotPresent"}]})";
    host.agent->pods.set_pod(pod);
    host.until([&] { return prefetch_reason(status) == "True Pulled"; });
    CHECK(host.id("main") == id);
    CHECK(host.engine.count("pull") == 2);
}

TEST_CASE(
    "Pods of a host: an Always pull that fails does not count an older image as pulled",
    "[nodeagent]") {
    Host host;
    host.engine.add_image("image:latest");
    auto pod = a_pod().container("main").json();
    host.agent->pods.replace_pods({pod});
    host.until([&] { return host.agent->reports.phase("uid-1") == "Running"; });
    host.engine.fail_next(
        "pull", Error{.reason = Reason::ServiceUnavailable, .message = "connection refused"});
    pod["metadata"]["annotations"]["picket.dev/prefetch"] =
        R"({"revision":"r2","images":[{"image":"image:latest","policy":"Always"}]})";
    host.agent->pods.set_pod(pod);
    const auto& status = host.agent->reports.statuses["uid-1"];
    host.until([&] { return prefetch_reason(status) == "False ErrImagePull"; });
    CHECK(status.dump().find("connection refused") != std::string::npos);
    CHECK(host.agent->reports.saw("Failed"));
}

TEST_CASE("Pods of a host: a pod may be active only so long", "[nodeagent]") {
    Host host;
    host.agent->pods.replace_pods(
        {a_pod().container("main").with("activeDeadlineSeconds", 1).json(),
         a_pod()
             .named("other", "uid-2")
             .container("second")
             .with("activeDeadlineSeconds", 600)
             .json()});
    host.until([&] { return host.runs("main") && host.runs("second"); });
    host.until([&] { return host.agent->reports.phase("uid-1") == "Failed"; });
    CHECK(host.agent->reports.statuses["uid-1"]["reason"] == "DeadlineExceeded");
    host.until([&] { return !host.runs("main"); });
    CHECK(host.runs("second"));
}

TEST_CASE("Pods of a host: a host port in use refuses the second pod", "[nodeagent]") {
    Host host;
    const Json port = {{"ports", Json::array({Json{{"containerPort", 80}, {"hostPort", 8080}}})}};
    host.agent->pods.replace_pods({a_pod().container("main", port).json()});
    host.until([&] { return host.runs("main"); });
    host.agent->pods.set_pod(a_pod().named("second", "uid-2").container("other", port).json());
    host.until([&] { return host.agent->reports.phase("uid-2") == "Failed"; });
    CHECK(host.agent->reports.statuses["uid-2"]["reason"] == "NodePorts");
    CHECK_FALSE(host.runs("other"));
}

TEST_CASE("Pods of a host: a pod waits for one that is about to leave its port", "[nodeagent]") {
    Host host;
    const Json port = {{"ports", Json::array({Json{{"containerPort", 80}, {"hostPort", 8080}}})}};
    host.agent->pods.replace_pods({a_pod().container("main", port).json()});
    host.until([&] { return host.runs("main"); });
    const auto first = a_pod().container("main", port).json();
    host.agent->pods.remove_pod(first);
    host.agent->pods.set_pod(a_pod().named("second", "uid-2").container("other", port).json());
    host.until([&] { return host.agent->reports.phase("uid-2") == "Running"; });
    CHECK(host.runs("other"));
    CHECK_FALSE(host.runs("main"));
}

Json a_static_pod() {
    return a_pod().named("web", "uid-static").container("main").json();
}

TEST_CASE(
    "Static pods: what was removed while the agent was down ends, without a server",
    "[nodeagent]") {
    Host host;
    host.agent->pods.set_static_pods({a_static_pod()});
    host.until([&] { return host.runs("main"); });
    host.agent.reset();
    host.boot();
    host.agent->pods.expect_static_pods();
    host.agent->pods.remember_static_pods({a_static_pod()});
    host.agent->pods.set_static_pods({});
    host.until([&] { return host.engine.containers().empty(); });
}

TEST_CASE("Static pods: one that is remembered runs on until the files were read", "[nodeagent]") {
    Host host;
    host.agent->pods.set_static_pods({a_static_pod()});
    host.until([&] { return host.runs("main"); });
    const auto id = host.id("main");
    host.boot();
    host.agent->pods.expect_static_pods();
    host.agent->pods.remember_static_pods({a_static_pod()});
    host.runner.poll();
    CHECK(host.id("main") == id);
    host.agent->pods.set_static_pods({a_static_pod()});
    host.until([&] { return host.agent->reports.phase("uid-static") == "Running"; });
    CHECK(host.id("main") == id);
}

TEST_CASE("Static pods: a file that comes back while its pod ends is run again", "[nodeagent]") {
    Host host;
    host.agent->pods.set_static_pods({a_static_pod()});
    host.until([&] { return host.runs("main"); });
    const auto id = host.id("main");
    host.agent->pods.set_static_pods({});
    host.agent->pods.set_static_pods({a_static_pod()});
    host.until([&] { return host.runs("main") && host.id("main") != id; });
}

TEST_CASE(
    "Pods of a host: a late change of a pod that has left does not bring it back", "[nodeagent]") {
    Host host;
    auto pod = a_pod().container("main").json();
    host.agent->pods.replace_pods({pod});
    host.until([&] { return host.runs("main"); });
    pod["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z";
    host.agent->pods.set_pod(pod);
    host.until([&] { return !host.agent->departed.empty(); });
    host.agent->pods.set_pod(pod);
    host.runner.poll();
    CHECK(host.agent->departed.size() == 1);
    CHECK(host.agent->checkpoint.load_pods().empty());

    // Still listed after a reconnect: the API is told again.
    host.agent->pods.replace_pods({pod});
    CHECK(host.agent->departed.size() == 2);
    host.agent->pods.remove_pod(pod);
    host.agent->pods.set_pod(a_pod().container("main").json());
    host.until([&] { return host.runs("main"); });
}

}  // namespace
}  // namespace picket::nodeagent
