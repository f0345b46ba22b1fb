#pragma once
#include "tests/bench/table.hpp"

#include <chrono>
#include <cstddef>
#include <string>

namespace picket::bench {

struct Settings {
    std::string folder;  ///< made for this run, on the disk to be measured
    std::chrono::milliseconds duration{2'000};
    std::size_t objects = 100'000;  ///< in the start-up measurement
    std::size_t churn = 0;          ///< writes of the decay measurement; 0 leaves it out
    std::size_t hosts = 10'000;     ///< in the measurement of a cluster
    std::string picket;             ///< the executable; empty leaves the API out
    std::string only = {};          ///< the rows to measure; empty: all
};

void disk_bench(Table& table, const Settings& settings);
void store_bench(Table& table, const Settings& settings);
void decay_bench(Table& table, const Settings& settings);
void api_bench(Table& table, const Settings& settings);
void cluster_bench(Table& table, const Settings& settings);

}  // namespace picket::bench
