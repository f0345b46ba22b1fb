#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// What the agent reads of its host.
struct HostFacts {
    std::int64_t cpus = 0;
    std::int64_t memory_bytes = 0;
    std::int64_t memory_available_bytes = 0;
    std::int64_t disk_bytes = 0;  ///< of the file system of the data dir
    std::int64_t disk_available_bytes = 0;
    std::int64_t pids_max = 0;
    std::int64_t pids_used = 0;
    std::string hostname;
    std::string architecture;  ///< "amd64"
    std::string kernel_version;
    std::string os_image;  ///< "Debian GNU/Linux 12 (bookworm)"
    std::string machine_id;
    std::string system_uuid;
    std::string boot_id;
    std::vector<std::string> dns_servers;
    std::vector<std::string> dns_searches;
    std::vector<std::string> dns_options;
};

using HostFactsSource = std::function<HostFacts()>;
struct MemoryFacts {
    std::int64_t total_bytes = 0;
    std::int64_t available_bytes = 0;
};
[[nodiscard]] MemoryFacts read_memory_facts();

/// `data_dir` says which file system is measured.
[[nodiscard]] HostFacts read_host_facts(const std::string& data_dir);
/// This host's address on the way to `peer` (an address or a name); empty if there is no way.
[[nodiscard]] std::string address_towards(const std::string& peer);

}  // namespace picket::nodeagent
