#pragma once
#include <cstdint>
#include <string>

namespace picket {

/// What this process uses, as the kernel counts it.
struct ProcessFacts {
    double cpu_seconds = 0;
    std::uint64_t resident_bytes = 0;
    std::uint64_t open_files = 0;
};
[[nodiscard]] ProcessFacts read_process_facts();

/// "amd64", "arm64": the machine in Kubernetes' words.
[[nodiscard]] std::string machine_architecture();

}  // namespace picket
