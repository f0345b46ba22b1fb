#include "tests/bench/table.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace picket::bench {
namespace {

std::string delays(Samples& samples) {
    return fmt::format(
        "median {:.0f} us, p99 {:.0f} us, max {:.1f} ms",
        samples.quantile(0.5),
        samples.quantile(0.99),
        samples.quantile(1) / 1000);
}

}  // namespace

void Table::section(std::string title) {
    fmt::print("\n{}\n", title);
}

void Table::add(std::string what, std::string value, std::string note) {
    print(what, value, note);
}

void Table::add_load(std::string what, LoadResult& result) {
    print(what, fmt::format("{:.0f}/s", result.per_second), delays(result.latency));
}

void Table::add_delay(std::string what, Samples& samples) {
    print(what, fmt::format("{:.0f} us", samples.quantile(0.5)), delays(samples));
}

/// Printed at once: a long run shows what it has.
void Table::print(const std::string& what, const std::string& value, const std::string& note) {
    fmt::print("  {:<44} {:>12}  {}\n", what, value, note);
    std::fflush(stdout);
}

}  // namespace picket::bench
