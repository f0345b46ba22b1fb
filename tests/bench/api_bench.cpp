/// The whole API: TLS, authentication, validation, store, answer; `picket server` as its own
/// process.
#include "common/async/timing.hpp"
#include "common/client/api_client.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/bench/benches.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace picket::bench {
namespace {

using client::ApiClient;
using client::Target;
using std::chrono::seconds;

const Target kConfigMaps{
    .group_version = "v1", .plural = "configmaps", .namespace_name = "default"};

Json config_map(const std::string& name, const std::string& data) {
    return {
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata", {{"name", name}, {"namespace", "default"}}},
        {"data", {{"content", data}}}};
}

class ApiBench {
public:
    ApiBench(Table& table, const Settings& settings)
        : table_(table), settings_(settings), server_(settings, "server") {}

    void run() {
        table_.add(
            "first start, keys made, until it answers",
            fmt::format("{:.0f} ms", server_.wait_until_ready()));
        measure_idle();
        measure_agent();
        for (const std::size_t clients : {1U, 10U, 100U}) measure_writes(clients);
        measure_gets();
        server_.run(measure_watch());
        measure_memory();
    }

private:
    void measure_idle() {
        server_.run(sleep_for(seconds(1)));
        const auto cpu = server_.process().cpu_seconds();
        server_.run(sleep_for(seconds(3)));
        add_idle("server, idle", server_.process(), cpu);
    }

    void add_idle(const char* what, const testing::ChildProcess& process, double cpu_before) {
        table_.add(
            what,
            fmt::format("{:.1f} MiB", pss_mib(process)),
            fmt::format("PSS; {:.2f} % of a core", (process.cpu_seconds() - cpu_before) / 3 * 100));
    }

    /// On the engine of this machine, which it only asks.
    void measure_agent() {
        if (!std::filesystem::exists("/var/run/docker.sock")) return;
        const testing::ChildProcess agent(
            {settings_.picket,
             "agent",
             "--server",
             server_.url(),
             "--token-file",
             server_.file("join-token"),
             "--node-name",
             "bench-host",
             "--data-dir",
             settings_.folder + "/agent"},
            settings_.folder + "/agent.log");
        server_.run(sleep_for(seconds(4)));
        const auto cpu = agent.cpu_seconds();
        server_.run(sleep_for(seconds(3)));
        add_idle("agent, idle, no daemon", agent, cpu);
    }

    Awaitable<> create(std::size_t client, std::size_t number) {
        auto body = fmt::format(
            R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"b{}-{}-{}"}},"data":{{"content":"{}"}}}})",
            round_,
            client,
            number,
            data_);
        return send_text(
            *clients_[client],
            http::Method::Post,
            kConfigMaps.path(),
            "application/json",
            std::move(body));
    }

    Awaitable<> get_one(std::size_t client) {
        return send_text(
            *clients_[client], http::Method::Get, kConfigMaps.path() + "/b1-0-0", {}, {});
    }

    LoadResult load(std::size_t clients, const Operation& operation) {
        while (clients_.size() < clients) clients_.push_back(server_.make_client());
        ++round_;
        return run_load(server_.loop(), clients, settings_.duration, operation);
    }

    void measure_writes(std::size_t clients) {
        const auto before = server_.process().cpu_seconds();
        auto result = load(clients, [this](std::size_t client, std::size_t number) {
            return create(client, number);
        });
        table_.add_load(fmt::format("durable creates, {} clients", clients), result);
        const auto cpu = (server_.process().cpu_seconds() - before) * 1e6;
        table_.add(
            "  server CPU for one",
            fmt::format("{:.0f} us", cpu / static_cast<double>(result.latency.size())));
    }

    void measure_gets() {
        auto result =
            load(100, [this](std::size_t client, std::size_t) { return get_one(client); });
        table_.add_load("gets, 100 clients", result);
    }

    Awaitable<> measure_watch() {
        auto list = co_await clients_[0]->list(kConfigMaps, {{"limit", "1"}}, 0);
        expect(list);
        auto version = (*list)["metadata"]["resourceVersion"].get<std::string>();
        auto watch = co_await clients_[1]->watch(kConfigMaps, std::move(version));
        expect(watch);
        Samples started;
        for (int i = 0; i < 500; ++i) {
            const auto start = Clock::now();
            expect(co_await clients_[0]->create(
                kConfigMaps, config_map(fmt::format("watched-{}", i), data_)));
            expect(co_await watch->next(seconds(10)));
            started.add(Clock::now() - start);
        }
        table_.add_delay("write started -> event at a client", started);
    }

    void measure_memory() {
        table_.add(
            "server, after all this", fmt::format("{:.1f} MiB", pss_mib(server_.process())), "PSS");
    }

    Table& table_;
    const Settings& settings_;
    BenchServer server_;
    std::vector<std::unique_ptr<ApiClient>> clients_;
    std::string data_ = filler(2048);
    int round_ = 0;
};

}  // namespace

void api_bench(Table& table, const Settings& settings) {
    table.section(
        "The whole API over TLS, ConfigMaps of 2 KiB, server and clients on this machine");
    ApiBench(table, settings).run();
}

}  // namespace picket::bench
