/// picket-hollow: many agents in one process, for large tests. Real agents, the real protocol; only
/// the container engine is simulated.
#include "cli/process.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "tests/hollow/hollow_fleet.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <unistd.h>

namespace picket::hollow {
namespace {

struct Arguments {
    FleetOptions fleet;
    std::string token_file;
    std::string log_level = "warn";
    int report_seconds = 10;
    int pull_ms = 0, start_ms = 0, stop_ms = 0;
    double heartbeat_seconds = 3;
};

void add_options(CLI::App& app, Arguments& arguments) {
    auto& fleet = arguments.fleet;
    app.add_option(
           "--server", fleet.servers, "URL of the server; several spread the agents over them")
        ->required();
    app.add_option("--token-file", arguments.token_file, "file with the join token")->required();
    app.add_option("--nodes", fleet.nodes, "how many agents");
    app.add_option("--prefix", fleet.prefix, "nodes are called PREFIX-1, PREFIX-2 …");
    app.add_option(
        "--data-dir", fleet.data_dir, "where agents keep their files; by default a temporary one");
    app.add_option("--heartbeat", arguments.heartbeat_seconds, "seconds between heartbeats");
    app.add_option("--join-rate", fleet.joins_per_second, "agents that start per second");
    app.add_option("--pull-ms", arguments.pull_ms, "how long a pull takes");
    app.add_option("--start-ms", arguments.start_ms, "how long a container takes to start");
    app.add_option("--stop-ms", arguments.stop_ms, "how long a container takes to stop");
    app.add_option(
        "--fail-starts", fleet.behaviour.failing_starts, "share of starts that fail, 0 to 1");
    app.add_option(
        "--fail-pulls", fleet.behaviour.failing_pulls, "share of pulls that fail, 0 to 1");
    app.add_option("--log-text", fleet.behaviour.log, "what every container has written");
    app.add_option("--report", arguments.report_seconds, "seconds between reports; 0: none");
    app.add_option("--log-level", arguments.log_level, "of the agents");
}

/// Every agent holds some connections.
void allow_many_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::int64_t resident_kib() {
    std::ifstream file("/proc/self/statm");
    std::int64_t total = 0;
    std::int64_t resident = 0;
    file >> total >> resident;
    return resident * ::sysconf(_SC_PAGESIZE) / 1024;
}

double cpu_seconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Awaitable<> report(const HollowFleet* fleet, std::chrono::seconds every) {
    double before = cpu_seconds();
    for (;;) {
        co_await sleep_for(every);
        const auto counts = fleet->count();
        const auto now = cpu_seconds();
        const auto agents = static_cast<double>(std::max<std::size_t>(counts.agents, 1));
        fmt::print(
            "agents={} containers={} rss_mib={} kib_per_agent={:.1f} cpu_percent={:.1f}\n",
            counts.agents,
            counts.containers,
            resident_kib() / 1024,
            static_cast<double>(resident_kib()) / agents,
            100 * (now - before) / static_cast<double>(every.count()));
        std::fflush(stdout);
        before = now;
    }
}

Result<std::string> read_token(const std::string& path) {
    std::ifstream file(path);
    std::string token;
    if (file >> token) return token;
    return Error{.reason = Reason::BadRequest, .message = "cannot read a token from " + path};
}

/// The data dir; one that nobody named is made, and removed at the end.
class DataDir {
public:
    explicit DataDir(std::string& path) {
        if (!path.empty()) return;
        auto name = (std::filesystem::temp_directory_path() / "picket-hollow-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a directory");
        path = made_ = name;
    }
    ~DataDir() {
        std::error_code ignored;  // a leftover must not hide how the run ended
        if (!made_.empty()) std::filesystem::remove_all(made_, ignored);
    }
    DataDir(const DataDir&) = delete;
    DataDir& operator=(const DataDir&) = delete;

private:
    std::string made_;
};

Awaitable<Result<void>> begin_reports() {
    co_return Ok();
}

Result<int> run(Arguments arguments) {
    auto token = read_token(arguments.token_file);
    if (!token) return token.error();
    auto& fleet_options = arguments.fleet;
    fleet_options.join_token = std::move(*token);
    const auto milliseconds = [](int count) { return std::chrono::milliseconds(count); };
    fleet_options.heartbeat = milliseconds(static_cast<int>(arguments.heartbeat_seconds * 1000));
    fleet_options.behaviour.pull = milliseconds(arguments.pull_ms);
    fleet_options.behaviour.start = milliseconds(arguments.start_ms);
    fleet_options.behaviour.stop = milliseconds(arguments.stop_ms);
    const DataDir data_dir(fleet_options.data_dir);
    allow_many_files();
    set_log_level(arguments.log_level);
    const SystemClock clock;
    boost::asio::io_context loop{1};
    HollowFleet fleet(loop.get_executor(), std::move(fleet_options), clock);
    TaskGroup tasks(loop.get_executor());
    if (arguments.report_seconds > 0)
        tasks.spawn("report", report(&fleet, std::chrono::seconds(arguments.report_seconds)));
    return cli::run_parts(
        loop,
        {{"reports", begin_reports, [&] { return tasks.stop(); }},
         {"fleet", [&] { return fleet.start(); }, [&] { return fleet.stop(); }}});
}

}  // namespace
}  // namespace picket::hollow

int main(int argc, char** argv) {
    picket::hollow::Arguments arguments;
    CLI::App app("many picket agents in one process, over simulated container engines");
    picket::hollow::add_options(app, arguments);
    CLI11_PARSE(app, argc, argv);
    const auto result = picket::hollow::run(std::move(arguments));
    if (result) return *result;
    fmt::print(stderr, "picket-hollow: {}\n", result.error().message);
    return 1;
}
