/// What every Runtime must do: the same cases run against the fake and, where an engine answers,
/// against Docker.
#include "common/async/loop_clock.hpp"
#include "common/async/task_group.hpp"
#include "nodeagent/runtime/docker_runtime.hpp"
#include "nodeagent/runtime/labels.hpp"
#include "tests/integration/nodeagent/docker_image.hpp"
#include "tests/support/fake_runtime.hpp"
#include "tests/support/result_text.hpp"
#include "tests/support/run_async.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;
using picket::testing::AsyncRunner;
using picket::testing::docker_answers;
using picket::testing::FakeRuntime;
using picket::testing::kDockerSocket;
using picket::testing::kTestImage;

/// The node name of this run, so that nothing else on the engine is seen or touched.
std::string node_name() {
    return "contract-" + std::to_string(::getpid());
}

ContainerLabels own_labels() {
    return {{std::string(label::kNode), node_name()}};
}

struct Engine {
    AsyncRunner runner;
    SystemClock clock;
    std::unique_ptr<Runtime> runtime;
    FakeRuntime* fake = nullptr;

    explicit Engine(bool real) {
        if (real) {
            runtime = std::make_unique<DockerRuntime>(
                runner.executor(),
                http::Endpoint{http::Endpoint::Transport::Unix, {}, 0, kDockerSocket});
        } else {
            auto own = std::make_unique<FakeRuntime>(runner.executor(), clock);
            own->add_image(kTestImage);
            fake = own.get();
            runtime = std::move(own);
        }
    }
    ~Engine() {
        const auto left = run(runtime->list(own_labels()));
        if (!left) return;
        for (const auto& container : *left) (void)run(runtime->remove(container.id));
    }
    template <class T>
    T run(Awaitable<T> call) {
        return runner.run(std::move(call));
    }
    std::string create(
        const std::string& name,
        std::vector<std::string> command = {"/bin/busybox", "sleep", "600"}) {
        ContainerSpec spec;
        spec.name = node_name() + "-" + name;
        spec.image = kTestImage;
        spec.entrypoint = std::move(command);
        spec.labels = own_labels();
        spec.labels[std::string(label::kPodUid)] = "uid-" + name;
        spec.resources.oom_score_adj = -998;
        spec.namespaces.network = "bridge";
        auto id = run(runtime->create(std::move(spec)));
        REQUIRE(id);
        return *id;
    }
    std::string start(const std::string& name) {
        auto id = create(name);
        const auto started = run(runtime->start(id));
        REQUIRE(started);
        return id;
    }
    ContainerState inspect(const std::string& id) {
        auto state = run(runtime->inspect(id));
        REQUIRE(state);
        return std::move(*state);
    }
    /// A kill is only a signal.
    void until_exited(const std::string& id) {
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (!inspect(id).exited()) REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
};

/// The fake always; Docker where it answers.
bool pick_engine() {
    const bool real = GENERATE(false, true);
    if (real && !docker_answers()) {
        WARN("no Docker Engine here: the contract was checked against the fake alone");
        return false;
    }
    return real;
}

TEST_CASE("Runtime contract: created, started, stopped, removed", "[runtime]") {
    Engine engine(pick_engine());
    const auto id = engine.create("life");
    CHECK(engine.inspect(id).phase == ContainerPhase::Created);
    REQUIRE(engine.run(engine.runtime->start(id)));
    const auto running = engine.inspect(id);
    CHECK(running.running());
    CHECK(running.started);
    CHECK_FALSE(running.address.empty());
    CHECK(running.label(label::kPodUid) == "uid-life");
    REQUIRE(engine.run(engine.runtime->stop(id, 1s)));
    const auto stopped = engine.inspect(id);
    CHECK(stopped.exited());
    CHECK(stopped.exit_code != 0);
    CHECK(stopped.finished);
    REQUIRE(engine.run(engine.runtime->remove(id)));
    CHECK(engine.run(engine.runtime->inspect(id)).error().reason == Reason::NotFound);
    CHECK(engine.run(engine.runtime->remove(id)));
}

TEST_CASE("Runtime contract: the list holds what carries the labels, dead ones too", "[runtime]") {
    Engine engine(pick_engine());
    const auto running = engine.start("one");
    const auto created = engine.create("two");
    const auto all = engine.run(engine.runtime->list(own_labels()));
    REQUIRE(all);
    CHECK(all->size() == 2);
    auto labels = own_labels();
    labels[std::string(label::kPodUid)] = "uid-one";
    const auto one = engine.run(engine.runtime->list(labels));
    REQUIRE(one);
    REQUIRE(one->size() == 1);
    CHECK(one->front().id == running);
}

TEST_CASE("Runtime contract: a name is used once", "[runtime]") {
    Engine engine(pick_engine());
    engine.create("same");
    ContainerSpec spec;
    spec.name = node_name() + "-same";
    spec.image = kTestImage;
    spec.entrypoint = {"/bin/busybox", "true"};
    CHECK(engine.run(engine.runtime->create(spec)).error().reason == Reason::AlreadyExists);
    CHECK(engine.run(engine.runtime->inspect(spec.name)));
}

TEST_CASE("Runtime contract: an image that is not there is NotFound", "[runtime]") {
    Engine engine(pick_engine());
    ContainerSpec spec;
    spec.name = node_name() + "-none";
    spec.image = "picket-no-such-image:1";
    CHECK(engine.run(engine.runtime->create(spec)).error().reason == Reason::NotFound);
    CHECK(engine.run(engine.runtime->inspect_image(spec.image)).error().reason == Reason::NotFound);
    CHECK(engine.run(engine.runtime->inspect_image(kTestImage)));
}

TEST_CASE("Runtime contract: a killed container tells its death", "[runtime]") {
    Engine engine(pick_engine());
    auto events = engine.run(engine.runtime->events(own_labels()));
    REQUIRE(events);
    const auto id = engine.start("killed");
    REQUIRE(engine.run(engine.runtime->kill(id, "KILL")));
    std::string action;
    while (action != "die") {
        auto event = engine.run((*events)->next());
        REQUIRE(event);
        REQUIRE(*event);
        CHECK((*event)->container_id == id);
        CHECK((*event)->pod_uid == "uid-killed");
        action = (*event)->action;
    }
    CHECK(engine.inspect(id).exit_code == 137);
}

TEST_CASE("Runtime contract: who attaches to a container that has ended is told so", "[runtime]") {
    Engine engine(pick_engine());
    const auto id = engine.start("ended");
    const CommandRequest output = {.output = true, .errors = true};
    CHECK(engine.run(engine.runtime->attach(id, output)));
    REQUIRE(engine.run(engine.runtime->kill(id, "KILL")));
    engine.until_exited(id);
    const auto attached = engine.run(engine.runtime->attach(id, output));
    REQUIRE_FALSE(attached);
    CHECK(attached.error().reason == Reason::BadRequest);
}

TEST_CASE("Runtime contract: the sandbox image needs no registry", "[runtime]") {
    Engine engine(pick_engine());
    const auto image = engine.run(engine.runtime->ensure_sandbox_image());
    REQUIRE(image);
    ContainerSpec spec;
    spec.name = node_name() + "-sandbox";
    spec.image = *image;
    spec.labels = own_labels();
    const auto id = engine.run(engine.runtime->create(spec));
    REQUIRE(id);
    REQUIRE(engine.run(engine.runtime->start(*id)));
    CHECK(engine.inspect(*id).running());
    REQUIRE(engine.run(engine.runtime->stop(*id, 10s)));
    CHECK(engine.inspect(*id).exited());
}

TEST_CASE(
    "Docker: logs are demultiplexed, the tail is cut, follow ends with the container",
    "[runtime][docker]") {
    if (!docker_answers()) return;
    Engine engine(true);
    const auto id = engine.create(
        "logs",
        {"/bin/busybox",
         "sh",
         "-c",
         "echo one; echo two >&2; echo three; exec /bin/busybox sleep 0.2"});
    REQUIRE(engine.run(engine.runtime->start(id)));
    const auto read = [&](LogOptions options) {
        auto log = engine.run(engine.runtime->logs(id, options));
        REQUIRE(log);
        std::string text;
        while (true) {
            auto piece = engine.run((*log)->next(20s));
            REQUIRE(piece);
            if (piece->empty()) return text;
            text += *piece;
        }
    };
    LogOptions follow;
    follow.follow = true;
    const auto all = read(follow);
    CHECK(all.size() == std::string("one\ntwo\nthree\n").size());
    CHECK(all.find("two\n") != std::string::npos);
    LogOptions tail;
    tail.tail = 1;
    CHECK(read(tail).find('\n') == read(tail).size() - 1);
    tail.timestamps = true;
    CHECK(read(tail).starts_with("20"));
}

TEST_CASE("Docker: a command inside a container, with its exit code", "[runtime][docker]") {
    if (!docker_answers()) return;
    Engine engine(true);
    const auto id = engine.start("exec");
    auto good =
        engine.run(engine.runtime->exec(id, {"/bin/busybox", "sh", "-c", "echo hello"}, 10s));
    REQUIRE(good);
    CHECK(good->exit_code == 0);
    CHECK(good->output == "hello\n");
    auto bad = engine.run(engine.runtime->exec(id, {"/bin/busybox", "sh", "-c", "exit 3"}, 10s));
    REQUIRE(bad);
    CHECK(bad->exit_code == 3);
}

TEST_CASE(
    "Docker: a command that takes too long is ended, with what it started", "[runtime][docker]") {
    if (!docker_answers()) return;
    Engine engine(true);
    const auto id = engine.start("slow");
    const auto hangs = [&] {
        const auto listed = engine.run(engine.runtime->exec(id, {"/bin/busybox", "ps"}, 10s));
        return !listed || listed->output.find("sleep 7777") != std::string::npos;
    };
    for (const auto* script :
         {"/bin/busybox sleep 7777; true", "exec >/dev/null 2>&1; /bin/busybox sleep 7777; true"}) {
        CAPTURE(script);
        const auto ended =
            engine.run(engine.runtime->exec(id, {"/bin/busybox", "sh", "-c", script}, 200ms));
        REQUIRE_FALSE(ended);
        CHECK(ended.error().reason == Reason::Timeout);
        const auto deadline = std::chrono::steady_clock::now() + 60s;
        while (hangs()) REQUIRE(std::chrono::steady_clock::now() < deadline);
    }
}

TEST_CASE(
    "Docker: a missing executable is the engine's word and a dead container", "[runtime][docker]") {
    if (!docker_answers()) return;
    Engine engine(true);
    const auto id = engine.create("missing", {"/no/such/program"});
    const auto started = engine.run(engine.runtime->start(id));
    REQUIRE_FALSE(started);
    CHECK(started.error().message.find("/no/such/program") != std::string::npos);
    CHECK(engine.inspect(id).exited());
    CHECK(engine.inspect(id).exit_code == 127);
}

Awaitable<> wait_for_end(RuntimeEvents& events, bool& ended) {
    const auto event = co_await events.next();
    ended = event && !*event;
}

TEST_CASE("Docker: events that say nothing for long are asked for anew", "[runtime][docker]") {
    if (!docker_answers()) return;
    VirtualTime time;
    Engine engine(true);
    const auto events = engine.run(engine.runtime->events(own_labels()));
    REQUIRE(events);
    bool ended = false;
    TaskGroup tasks(engine.runner.executor());
    tasks.spawn("events", wait_for_end(**events, ended));
    engine.runner.poll();
    time.move_to(time.now() + 1min);
    engine.runner.poll();
    CHECK_FALSE(ended);
    time.move_to(time.now() + 2min);
    engine.runner.poll();
    CHECK(ended);
    engine.run(tasks.stop());
}

TEST_CASE("Docker: a pull that fails says why", "[runtime][docker]") {
    if (!docker_answers()) return;
    Engine engine(true);
    const auto pulled = engine.run(engine.runtime->pull("127.0.0.1:1/picket/none:1", {}, {}));
    REQUIRE_FALSE(pulled);
    CHECK(pulled.error().message.find("127.0.0.1:1") != std::string::npos);
}

TEST_CASE("Docker: an engine that is not there is ServiceUnavailable", "[runtime][docker]") {
    AsyncRunner runner;
    DockerRuntime runtime(
        runner.executor(),
        http::Endpoint{http::Endpoint::Transport::Unix, {}, 0, "/nowhere/docker.sock"});
    CHECK(runner.run(runtime.info()).error().reason == Reason::ServiceUnavailable);
}

}  // namespace
}  // namespace picket::nodeagent
