/// Many hosts: one DaemonSet on all of them, lists, heartbeats, status reports, one change among
/// many.
#include "common/async/exception.hpp"
#include "common/async/timing.hpp"
#include "tests/bench/bench_server.hpp"
#include "tests/bench/bench_store.hpp"
#include "tests/bench/load.hpp"

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::bench {
namespace {

using client::ApiClient;
using client::PatchType;
using client::Target;
using std::chrono::seconds;

constexpr std::size_t kClients = 50;
constexpr seconds kPatience{120};

Target nodes(std::string name = {}) {
    return {.group_version = "v1", .plural = "nodes", .name = std::move(name)};
}
Target pods(std::string name = {}) {
    return {
        .group_version = "v1",
        .plural = "pods",
        .namespace_name = "default",
        .name = std::move(name)};
}
Target leases(std::string name = {}) {
    return {
        .group_version = "coordination.k8s.io/v1",
        .plural = "leases",
        .namespace_name = "kube-node-lease",
        .name = std::move(name)};
}

std::string node_name(std::size_t number) {
    return fmt::format("host-{:05}", number);
}

Json a_node(std::size_t number) {
    return {
        {"metadata",
         {{"name", node_name(number)},
          {"labels",
           {{"kubernetes.io/hostname", node_name(number)}, {"kubernetes.io/os", "linux"}}}}},
        {"status",
         {{"capacity", {{"cpu", "2"}, {"memory", "4Gi"}, {"pods", "110"}}},
          {"allocatable", {{"cpu", "2"}, {"memory", "4Gi"}, {"pods", "110"}}},
          {"conditions", {{{"type", "Ready"}, {"status", "True"}, {"reason", "KubeletReady"}}}}}}};
}

Json a_set(const std::string& name, Json node_selector) {
    const Json labels = {{"app", name}};
    Json spec = {
        {"containers",
         {{{"name", "main"},
           {"image", "registry.example.org/team/agent:1.2.3"},
           {"args", {"--port=8080", "--verbose"}},
           {"resources", {{"requests", {{"cpu", "100m"}, {"memory", "64Mi"}}}}}}}}};
    if (!node_selector.is_null()) spec["nodeSelector"] = std::move(node_selector);
    return {
        {"metadata", {{"name", name}, {"namespace", "default"}}},
        {"spec",
         {{"selector", {{"matchLabels", labels}}},
          {"template", {{"metadata", {{"labels", labels}}}, {"spec", std::move(spec)}}}}}};
}

Json running_status(std::size_t number) {
    const auto condition = [](const char* type) {
        return Json{
            {"type", type}, {"status", "True"}, {"lastTransitionTime", "2026-01-01T00:00:00Z"}};
    };
    return {
        {"status",
         {{"phase", "Running"},
          {"conditions",
           {condition("Ready"), condition("Initialized"), condition("ContainersReady")}},
          {"hostIP", "10.0.0.1"},
          {"podIP", fmt::format("172.17.{}.{}", number / 250 % 250, number % 250)},
          {"startTime", "2026-01-01T00:00:00Z"},
          {"containerStatuses",
           {{{"name", "main"},
             {"ready", true},
             {"restartCount", 0},
             {"image", "registry.example.org/team/agent:1.2.3"},
             {"imageID", "sha256:0"},
             {"containerID", fmt::format("docker://{:064}", number)},
             {"state", {{"running", {{"startedAt", "2026-01-01T00:00:00Z"}}}}}}}}}}};
}

class ClusterBench {
public:
    ClusterBench(Table& table, const Settings& settings)
        : table_(table),
          settings_(settings),
          // No host beats here: none may be found silent while the rest is measured.
          server_(settings, "cluster", {"--node-grace", "86400"}) {}

    void run() {
        server_.wait_until_ready();
        for (std::size_t i = 0; i < kClients; ++i) clients_.push_back(server_.make_client());
        register_nodes();
        server_.run(spread());
        server_.run(measure_list());
        measure_reports();
        measure_beats();
        server_.run(measure_change());
        measure_idle();
    }

private:
    /// Every client does its share of `count` calls.
    LoadResult share(std::size_t count, const Operation& operation) {
        latency_ = {};
        const auto start = Clock::now();
        // Not the end of run(): connections that are kept alive hold the loop after the last
        // answer.
        finished_ = start;
        for (std::size_t client = 0; client < kClients; ++client) {
            boost::asio::co_spawn(server_.loop(), calls(client, count, operation), rethrow);
        }
        server_.loop().restart();
        server_.loop().run();
        const std::chrono::duration<double> took = finished_ - start;
        return {static_cast<double>(count) / took.count(), std::exchange(latency_, {})};
    }

    Awaitable<> calls(std::size_t client, std::size_t count, const Operation& operation) {
        for (std::size_t i = client; i < count; i += kClients) {
            const auto start = Clock::now();
            co_await operation(client, i);
            finished_ = Clock::now();
            latency_.add(finished_ - start);
        }
    }

    void register_nodes() {
        auto result = share(settings_.hosts, [this](std::size_t client, std::size_t number) {
            return create_node(client, number);
        });
        table_.add_load(fmt::format("register {} hosts", settings_.hosts), result);
    }
    Awaitable<> create_node(std::size_t client, std::size_t number) {
        expect(co_await clients_[client]->create(nodes(), a_node(number)));
    }

    /// The raw stream: to parse each pod would cost this side more than the server's.
    Awaitable<std::unique_ptr<http::StreamingResponse>> open_watch(std::string version) {
        http::Request request;
        request.target = pods().path() + "?watch=true&resourceVersion=" + version;
        auto stream = co_await clients_[1]->open(std::move(request));
        expect(stream);
        co_return std::move(*stream);
    }
    static Awaitable<> read_lines(http::StreamingResponse& stream, std::size_t count) {
        for (std::size_t lines = 0; lines < count;) {
            const auto piece = co_await stream.read_some(kPatience);
            expect(piece);
            if (piece->empty()) throw std::runtime_error("the watch of pods ended");
            lines += static_cast<std::size_t>(std::ranges::count(*piece, '\n'));
        }
    }
    Awaitable<std::string> version_now() {
        const auto list = co_await clients_[0]->list(pods(), {{"limit", "1"}});
        expect(list);
        co_return list->at("metadata").at("resourceVersion").get<std::string>();
    }

    Awaitable<> create_set(std::string name, Json node_selector) {
        const Target sets{
            .group_version = "apps/v1", .plural = "daemonsets", .namespace_name = "default"};
        expect(co_await clients_[0]->create(sets, a_set(name, std::move(node_selector))));
    }

    Awaitable<> spread() {
        const auto stream = co_await open_watch(co_await version_now());
        const auto cpu = server_.process().cpu_seconds();
        const auto start = Clock::now();
        co_await create_set("agent", nullptr);
        co_await read_lines(*stream, settings_.hosts);
        const std::chrono::duration<double> took = Clock::now() - start;
        const auto hosts = static_cast<double>(settings_.hosts);
        table_.add(
            fmt::format("one new DaemonSet on {} hosts", settings_.hosts),
            fmt::format("{:.0f} pods/s", hosts / took.count()),
            fmt::format(
                "{:.2f} s until the last one is durable and seen, server CPU {:.0f} us a pod",
                took.count(),
                (server_.process().cpu_seconds() - cpu) * 1e6 / hosts));
    }

    Awaitable<> measure_list() {
        Samples samples;
        std::size_t bytes = 0;
        for (int i = 0; i < 5; ++i) {
            http::Request request;
            request.target = pods().path();
            const auto start = Clock::now();
            const auto answer = co_await clients_[0]->send(std::move(request));
            expect(answer);
            samples.add(Clock::now() - start);
            bytes = answer->body.size();
        }
        table_.add_delay(
            fmt::format("list of {} pods, {} MB", settings_.hosts, bytes >> 20U), samples);
        const auto list = co_await clients_[0]->list(pods(), {{"limit", "2000"}});
        expect(list);
        for (const auto& pod : list->at("items")) pods_.push_back(pod["metadata"]["name"]);
    }

    void measure_reports() {
        const auto cpu = server_.process().cpu_seconds();
        auto result = share(pods_.size(), [this](std::size_t client, std::size_t number) {
            return report(client, number);
        });
        add_with_cpu("status patches, 50 clients", result, cpu);
    }
    Awaitable<> report(std::size_t client, std::size_t number) {
        return send_text(
            *clients_[client],
            http::Method::Patch,
            pods(pods_[number]).path() + "/status",
            "application/strategic-merge-patch+json",
            running_status(number).dump());
    }

    void measure_beats() {
        const auto hosts = std::min<std::size_t>(settings_.hosts, 2'000);
        share(hosts, [this](std::size_t client, std::size_t number) {
            return first_beat(client, number);
        });
        const auto cpu = server_.process().cpu_seconds();
        auto result = share(
            hosts, [this](std::size_t client, std::size_t number) { return beat(client, number); });
        add_with_cpu("heartbeats (Lease), 50 clients", result, cpu);
    }
    static Json lease_spec(const char* time) {
        return {{"leaseDurationSeconds", 40}, {"renewTime", time}};
    }
    Awaitable<> first_beat(std::size_t client, std::size_t number) {
        Json lease = {
            {"metadata", {{"name", node_name(number)}, {"namespace", "kube-node-lease"}}},
            {"spec", lease_spec("2026-01-01T00:00:00.000000Z")}};
        lease["spec"]["holderIdentity"] = node_name(number);
        expect(co_await clients_[client]->create(leases(), std::move(lease)));
    }
    Awaitable<> beat(std::size_t client, std::size_t number) {
        return send_text(
            *clients_[client],
            http::Method::Patch,
            leases(node_name(number)).path(),
            "application/merge-patch+json",
            Json{{"spec", lease_spec("2026-01-01T00:00:05.000000Z")}}.dump());
    }

    /// A label of one host changes back and forth; nine other sets select nothing.
    Awaitable<> measure_change() {
        for (int i = 0; i < 9; ++i)
            co_await create_set(fmt::format("other-{}", i), {{"wanted", fmt::format("{}", i)}});
        co_await sleep_for(seconds(1));
        const auto stream = co_await open_watch(co_await version_now());
        const auto cpu = server_.process().cpu_seconds();
        Samples samples;
        const auto changes = std::min<std::size_t>(settings_.hosts, 100);
        for (std::size_t i = 0; i < changes; ++i) {
            const auto node = nodes(node_name(i));
            const auto start = Clock::now();
            expect(co_await clients_[0]->patch(
                node, PatchType::Merge, {{"metadata", {{"labels", {{"wanted", "3"}}}}}}));
            co_await read_lines(*stream, 1);
            samples.add(Clock::now() - start);
        }
        table_.add_delay("label of one host -> its new pod is seen", samples);
        table_.add(
            "  server CPU for one",
            fmt::format(
                "{:.0f} us",
                (server_.process().cpu_seconds() - cpu) * 1e6 / static_cast<double>(changes)));
    }

    void measure_idle() {
        const auto hosts = static_cast<double>(settings_.hosts);
        const auto memory = pss_mib(server_.process());
        server_.run(sleep_for(seconds(2)));  // what came last is done
        const auto cpu = server_.process().cpu_seconds();
        server_.run(sleep_for(seconds(5)));
        table_.add(
            fmt::format("server with {} hosts and pods", settings_.hosts),
            fmt::format("{:.0f} MiB", memory),
            fmt::format(
                "{:.1f} KiB a host with its pod; idle {:.2f} % of a core",
                memory * 1024 / hosts,
                (server_.process().cpu_seconds() - cpu) / 5 * 100));
    }

    void add_with_cpu(const std::string& what, LoadResult& result, double cpu_before) {
        table_.add_load(what, result);
        const auto cpu = (server_.process().cpu_seconds() - cpu_before) * 1e6;
        table_.add(
            "  server CPU for one",
            fmt::format("{:.0f} us", cpu / static_cast<double>(result.latency.size())));
    }

    Table& table_;
    const Settings& settings_;
    BenchServer server_;
    std::vector<std::unique_ptr<ApiClient>> clients_;
    std::vector<std::string> pods_;
    Samples latency_;
    Clock::time_point finished_;
};

}  // namespace

void cluster_bench(Table& table, const Settings& settings) {
    table.section(fmt::format(
        "{} hosts that are only objects, API server and controllers in one process",
        settings.hosts));
    ClusterBench(table, settings).run();
}

}  // namespace picket::bench
