#include "nodeagent/runtime/capabilities.hpp"

#include <cstdint>
#include <fstream>
#include <string>

namespace picket::nodeagent {
namespace {

constexpr unsigned kSysResource = 24;

}  // namespace

bool may_lower_oom_score() {
    std::ifstream status("/proc/self/status");
    std::string word;
    while (status >> word) {
        if (word != "CapEff:") continue;
        std::string mask;
        status >> mask;
        return ((std::stoull(mask, nullptr, 16) >> kSysResource) & 1U) != 0;
    }
    return false;
}

}  // namespace picket::nodeagent
