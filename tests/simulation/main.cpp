/// Whole clusters under random faults, from seeds. A seed that fails is printed with its story and
/// replays exactly: `simulation --seed N`.
#include "common/base/log.hpp"
#include "tests/simulation/scenario.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdio>

namespace picket::simulation {
namespace {

struct Options {
    ScenarioOptions scenario;
    std::uint64_t first = 1;
    std::uint64_t count = 0;
    std::string log_level = "off";
    bool twice = false;
    bool tell = false;
};

void print(const ScenarioOptions& options, const ScenarioResult& result) {
    fmt::print("seed {}:\n", options.seed);
    for (const auto& line : result.story) fmt::print("  {}\n", line);
    for (const auto& complaint : result.complaints) fmt::print("  FAILED: {}\n", complaint);
    if (result.complaints.empty()) return;
    fmt::print("  replay: {} --seed {}", program_invocation_name, options.seed);
    if (options.hosts > 0) fmt::print(" --hosts {}", options.hosts);
    if (options.faults > 0) fmt::print(" --faults {}", options.faults);
    fmt::print("\n");
}

bool run_seed(const Options& options, ScenarioOptions scenario) {
    const auto begin = std::chrono::steady_clock::now();
    const auto result = run_scenario(scenario);
    const auto took = std::chrono::steady_clock::now() - begin;
    const bool failed = !result.complaints.empty();
    if (failed || options.tell) print(scenario, result);
    if (options.tell) {
        fmt::print(
            "  {} s simulated, {} checks, fingerprint {:016x}, {} ms\n",
            result.simulated.count() / 1000,
            result.checks,
            result.fingerprint,
            std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    }
    if (options.twice && run_scenario(scenario).fingerprint != result.fingerprint) {
        fmt::print("seed {}: FAILED: does not replay\n", scenario.seed);
        return false;
    }
    return !failed;
}

int run(Options options) {
    set_log_level(options.log_level);
    std::uint64_t failures = 0;
    const auto count = std::max<std::uint64_t>(options.count, 1);
    for (std::uint64_t i = 0; i < count; ++i) {
        auto scenario = options.scenario;
        scenario.seed = options.first + i;
        if (!run_seed(options, scenario)) ++failures;
        std::fflush(stdout);
    }
    fmt::print("{} seeds from {}, {} failed\n", count, options.first, failures);
    return failures == 0 ? 0 : 1;
}

}  // namespace
}  // namespace picket::simulation

int main(int argc, char** argv) {
    picket::simulation::Options options;
    CLI::App app("simulates clusters under random faults");
    app.add_option("--seed", options.first, "the seed, or the first of --seeds");
    app.add_option("--seeds", options.count, "how many seeds, one after the other");
    app.add_option("--hosts", options.scenario.hosts, "how many hosts; by default a few");
    app.add_option("--faults", options.scenario.faults, "how many faults; by default some");
    app.add_option("--log-level", options.log_level, "of the parts that are simulated");
    app.add_flag("--twice", options.twice, "run each seed twice and compare");
    app.add_flag("--tell", options.tell, "print the story of seeds that hold, too");
    CLI11_PARSE(app, argc, argv);
    return picket::simulation::run(options);
}
