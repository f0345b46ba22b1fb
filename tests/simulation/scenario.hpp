#pragma once
#include "tests/simulation/invariants.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace picket::simulation {

struct ScenarioOptions {
    std::uint64_t seed = 1;
    int hosts = 0;   ///< 0: a few, by the seed
    int faults = 0;  ///< 0: some, by the seed
};

struct ScenarioResult {
    std::vector<std::string> story;  ///< each fault with its time
    Complaints complaints;           ///< empty: all held
    std::chrono::milliseconds simulated{0};
    std::size_t checks = 0;
    /// Of everything that the server stored, in order: equal for equal seeds.
    std::uint64_t fingerprint = 0;
};

/// Builds a cluster, spoils it at random by the seed, lets it settle, and checks it all the while.
[[nodiscard]] ScenarioResult run_scenario(const ScenarioOptions& options);

}  // namespace picket::simulation
