/// picket-bench-engine: three agents on this machine's Docker Engine beside the bare engine, which
/// does the same by the shortest sequence of calls; rounds alternate. Then what the parts weigh at
/// rest.
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "nodeagent/runtime/labels.hpp"
#include "tests/bench/bare_engine.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/bench/engine_watch.hpp"
#include "tests/bench/run_folder.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <unistd.h>

namespace picket::bench {
namespace {

using client::PatchType;
using client::Target;
using nodeagent::Runtime;

constexpr std::size_t kHosts = 3;
constexpr std::size_t kDaemons = 10;  // at rest
constexpr std::chrono::seconds kRest{10};

Target sets(std::string name = {}) {
    return {
        .group_version = "apps/v1",
        .plural = "daemonsets",
        .namespace_name = "default",
        .name = std::move(name)};
}

Target nodes(std::string name = {}) {
    return {.group_version = "v1", .plural = "nodes", .name = std::move(name)};
}

struct Options {
    Settings settings;
    std::string docker = "unix:///var/run/docker.sock";
    std::string image = "picket.local/busybox:1";
    int rounds = 5;
};

/// One container in the host's network, or several that share their own.
Json a_daemon(const std::string& name, const std::string& image, std::size_t count) {
    const Json labels = {{"app", name}};
    Json containers = Json::array();
    for (std::size_t i = 0; i < count; ++i)
        containers.push_back(
            {{"name", fmt::format("c{}", i)}, {"image", image}, {"command", daemon_command()}});
    return {
        {"metadata", {{"name", name}, {"namespace", "default"}}},
        {"spec",
         {{"selector", {{"matchLabels", labels}}},
          {"template",
           {{"metadata", {{"labels", labels}}},
            {"spec", {{"hostNetwork", count == 1}, {"containers", std::move(containers)}}}}}}}};
}

bool is_ready(const Json& node, std::string_view status) {
    for (const auto& condition : node.value("/status/conditions"_json_pointer, Json::array()))
        if (condition.value("type", "") == "Ready") return condition.value("status", "") == status;
    return false;
}

class EngineBench {
public:
    EngineBench(Options options, Table& table)
        : options_(std::move(options)),
          table_(table),
          server_(options_.settings, "engine"),
          tag_(fmt::format("bench-{}", ::getpid())) {
        auto runtime =
            nodeagent::make_docker_runtime(server_.loop().get_executor(), options_.docker);
        expect(runtime);
        runtime_ = std::move(*runtime);
        const auto executor = server_.loop().get_executor();
        watch_ = std::make_unique<EngineWatch>(executor, *runtime_);
        bare_ = std::make_unique<BareEngine>(executor, *runtime_, tag_ + "-bare", options_.image);
    }

    void run() {
        server_.wait_until_ready();
        client_ = server_.make_client();
        for (std::size_t i = 0; i < kHosts; ++i) start_agent(host(i));
        boost::asio::co_spawn(server_.loop(), measure(), [this](const std::exception_ptr& failure) {
            server_.loop().stop();
            if (failure) std::rethrow_exception(failure);
        });
        server_.loop().restart();
        server_.loop().run();
    }

private:
    struct Pair {
        Samples picket;
        Samples bare;
    };

    [[nodiscard]] std::string host(std::size_t number) const {
        return fmt::format("{}-{}", tag_, number);
    }

    void start_agent(const std::string& name) {
        const auto data_dir = options_.settings.folder + "/" + name;
        const std::vector<std::string> command = {
            options_.settings.picket,
            "agent",
            "--server",
            server_.url(),
            "--token-file",
            server_.file("join-token"),
            "--node-name",
            name,
            "--data-dir",
            data_dir,
            "--docker",
            options_.docker,
            "--log-root",
            ""};
        agents_.push_back(std::make_unique<testing::ChildProcess>(command, data_dir + ".log"));
    }

    /// Looks until each of `names` has that status; a look is a get.
    Awaitable<> until_ready_is(std::vector<std::string> names, std::string status) {
        for (const auto& name : names) {
            for (;;) {
                const auto node = co_await client_->get(nodes(name));
                if (node && is_ready(*node, status)) break;
                co_await sleep_for(std::chrono::milliseconds(20));
            }
        }
    }

    Awaitable<> measure() {
        std::vector<std::string> names;
        for (std::size_t i = 0; i < kHosts; ++i) names.push_back(host(i));
        co_await until_ready_is(names, "True");
        for (const auto& name : names) co_await watch_->follow(name);
        co_await watch_->follow(host(kHosts));
        co_await watch_->follow(tag_ + "-bare");
        expect(co_await runtime_->ensure_sandbox_image());
        co_await measure_start("applied -> running on 3 hosts, one container", 1);
        co_await measure_start("applied -> running on 3 hosts, two and a sandbox", 2);
        co_await measure_kill();
        co_await measure_rolling_update();
        co_await measure_join();
        co_await measure_rest();
        co_await measure_silence();
    }

    void add(const std::string& what, Pair& pair, double target) {
        const auto picket = pair.picket.quantile(0.5);
        const auto bare = pair.bare.quantile(0.5);
        table_.add(
            what,
            fmt::format("{:.0f} ms", picket / 1000),
            fmt::format(
                "bare engine {:.0f} ms: {:.2f} x (target {:.2f} x), medians of {}",
                bare / 1000,
                picket / bare,
                target,
                pair.picket.size()));
    }

    Awaitable<> create_daemon(std::string name, std::size_t containers = 1) {
        expect(co_await client_->create(sets(), a_daemon(name, options_.image, containers)));
    }

    Awaitable<> remove_daemon(std::string name, std::size_t containers) {
        watch_->restart();
        expect(co_await client_->remove(sets(name), nullptr));
        co_await watch_->wait_for("destroy", containers);
    }

    Awaitable<> remove_bare(std::size_t containers) {
        watch_->restart();
        co_await bare_->remove_all();
        co_await watch_->wait_for("destroy", containers);
    }

    Awaitable<> measure_start(std::string what, std::size_t containers) {
        Pair pair;
        const auto starts = kHosts * (containers == 1 ? 1 : containers + 1);
        for (int round = 0; round < options_.rounds; ++round) {
            watch_->restart();
            auto start = Clock::now();
            co_await bare_->start_pods(kHosts, containers);
            pair.bare.add(co_await watch_->wait_for("start", starts) - start);
            co_await remove_bare(starts);

            watch_->restart();
            start = Clock::now();
            co_await create_daemon("started", containers);
            pair.picket.add(co_await watch_->wait_for("start", starts) - start);
            co_await remove_daemon("started", starts);
        }
        add(what, pair, 1.15);
    }

    /// The first restart of a container; the bare engine's waits for the end as any supervisor
    /// must.
    Awaitable<> measure_kill() {
        Pair pair;
        for (int round = 0; round < options_.rounds; ++round) {
            watch_->restart();
            const auto id = co_await bare_->start_one();
            co_await watch_->wait_for("start", 1);
            watch_->restart();
            auto start = Clock::now();
            expect(co_await runtime_->kill(id, "KILL"));
            co_await watch_->wait_for("die", 1);
            co_await bare_->start_one();
            pair.bare.add(co_await watch_->wait_for("start", 1) - start);
            co_await remove_bare(2);

            watch_->restart();
            co_await create_daemon("killed");
            co_await watch_->wait_for("start", kHosts);
            co_await until_available("killed");
            const auto victim = watch_->last("start");
            watch_->restart();
            start = Clock::now();
            expect(co_await runtime_->kill(victim, "KILL"));
            pair.picket.add(co_await watch_->wait_for("start", 1) - start);
            co_await remove_daemon("killed", kHosts + 1);
        }
        add("killed -> running again, first restart", pair, 1.15);
    }

    Awaitable<> until_available(std::string name) {
        for (;;) {
            const auto set = co_await client_->get(sets(name));
            expect(set);
            if (set->value("/status/numberAvailable"_json_pointer, 0) == static_cast<int>(kHosts))
                co_return;
            co_await sleep_for(std::chrono::milliseconds(20));
        }
    }

    Awaitable<> measure_rolling_update() {
        Pair pair;
        for (int round = 0; round < options_.rounds; ++round) {
            watch_->restart();
            const auto ids = co_await bare_->start_pods(kHosts, 1);
            co_await watch_->wait_for("start", kHosts);
            watch_->restart();
            auto start = Clock::now();
            for (const auto& id : ids) co_await bare_->replace(id);
            pair.bare.add(co_await watch_->wait_for("start", kHosts) - start);
            co_await remove_bare(2 * kHosts);

            watch_->restart();
            co_await create_daemon("updated");
            co_await watch_->wait_for("start", kHosts);
            co_await until_available("updated");
            watch_->restart();
            start = Clock::now();
            expect(co_await client_->patch(
                sets("updated"),
                PatchType::Merge,
                {{"spec", {{"template", {{"metadata", {{"annotations", {{"round", "2"}}}}}}}}}}));
            pair.picket.add(co_await watch_->wait_for("start", kHosts) - start);
            co_await until_available("updated");
            co_await remove_daemon("updated", kHosts);
        }
        add("rolling update of 3 hosts, one at a time", pair, 1.2);
    }

    /// A host whose agent is started the first time; the sets that it gets are there already.
    Awaitable<> measure_join() {
        Pair pair;
        watch_->restart();
        co_await create_daemon("joined");
        co_await watch_->wait_for("start", kHosts);
        watch_->restart();
        auto start = Clock::now();
        co_await bare_->start_one();
        pair.bare.add(co_await watch_->wait_for("start", 1) - start);
        co_await remove_bare(1);
        watch_->restart();
        start = Clock::now();
        start_agent(host(kHosts));
        pair.picket.add(co_await watch_->wait_for("start", 1) - start);
        add("new host's agent started -> daemon runs there", pair, 1.15);
        co_await remove_daemon("joined", kHosts + 1);
        agents_.pop_back();
        expect(co_await client_->remove(nodes(host(kHosts)), nullptr));
    }

    Awaitable<> measure_rest() {
        watch_->restart();
        for (std::size_t i = 0; i < kDaemons; ++i)
            co_await create_daemon(fmt::format("rest-{}", i));
        co_await watch_->wait_for("start", kDaemons * kHosts);
        for (std::size_t i = 0; i < kDaemons; ++i)
            co_await until_available(fmt::format("rest-{}", i));
        co_await sleep_for(kRest);  // what came last is done
        const auto server_cpu = server_.process().cpu_seconds();
        const auto agent_cpu = agents_.front()->cpu_seconds();
        co_await sleep_for(kRest);
        add_rest("server with 3 hosts at rest", server_.process(), server_cpu, "16 MiB, 0.1 %");
        add_rest(
            fmt::format("agent with {} daemons at rest", kDaemons),
            *agents_.front(),
            agent_cpu,
            "9 MiB, 0.1 %");
        for (std::size_t i = 0; i < kDaemons; ++i)
            co_await remove_daemon(fmt::format("rest-{}", i), kHosts);
    }

    void add_rest(
        const std::string& what,
        const testing::ChildProcess& process,
        double cpu_before,
        std::string_view target) {
        const auto cpu = (process.cpu_seconds() - cpu_before) / static_cast<double>(kRest.count());
        table_.add(
            what,
            fmt::format("{:.1f} MiB", pss_mib(process)),
            fmt::format("PSS; {:.2f} % of a core (target {})", cpu * 100, target));
    }

    /// An agent that hangs, its connections open: the case that takes longest to see.
    Awaitable<> measure_silence() {
        agents_.back()->signal(SIGSTOP);
        const auto start = Clock::now();
        co_await until_ready_is({host(kHosts - 1)}, "Unknown");
        const auto took = Microseconds(Clock::now() - start).count() / 1e6;
        agents_.back()->signal(SIGCONT);
        table_.add(
            "agent hangs -> its host is shown as silent",
            fmt::format("{:.1f} s", took),
            "grace 10 s by default, counted from the last heartbeat");
    }

    Options options_;
    Table& table_;
    BenchServer server_;
    std::string tag_;
    std::unique_ptr<Runtime> runtime_;
    std::unique_ptr<EngineWatch> watch_;
    std::unique_ptr<BareEngine> bare_;
    std::unique_ptr<client::ApiClient> client_;
    std::vector<std::unique_ptr<testing::ChildProcess>> agents_;
};

}  // namespace
}  // namespace picket::bench

int main(int argc, char** argv) {
    using namespace picket::bench;
    CLI::App app("Measures picket beside the bare Docker Engine");
    Options options;
    std::string parent = std::filesystem::temp_directory_path();
    app.add_option("--folder", parent, "where to write")->capture_default_str();
    app.add_option("--picket", options.settings.picket, "the picket executable")->required();
    app.add_option("--docker", options.docker, "the engine")->capture_default_str();
    app.add_option("--image", options.image, "an image with /bin/busybox")->capture_default_str();
    app.add_option("--rounds", options.rounds, "of each row")->capture_default_str();
    CLI11_PARSE(app, argc, argv);
    picket::set_log_level("warn");
    try {
        const RunFolder folder(parent);
        options.settings.folder = folder.path();
        Table table;
        table.section("picket on 3 hosts that share this machine's engine, beside the bare engine");
        EngineBench(options, table).run();
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "picket-bench-engine: " << error.what() << '\n';
        return 1;
    }
}
