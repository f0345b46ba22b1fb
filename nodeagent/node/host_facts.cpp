#include "nodeagent/node/host_facts.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <fstream>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <thread>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

std::string first_line(const char* path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

std::int64_t first_number(const char* path) {
    std::ifstream file(path);
    std::int64_t number = 0;
    file >> number;
    return number;
}

/// A row of /proc/meminfo in bytes.
std::int64_t memory_row(const std::string& name) {
    std::ifstream file("/proc/meminfo");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string key;
        std::int64_t kilobytes = 0;
        if (words >> key >> kilobytes && key == name + ":") return kilobytes * 1024;
    }
    return 0;
}

std::string pretty_os_name() {
    std::ifstream file("/etc/os-release");
    std::string line;
    constexpr std::string_view kKey = "PRETTY_NAME=";
    while (std::getline(file, line)) {
        if (!line.starts_with(kKey)) continue;
        auto value = line.substr(kKey.size());
        std::erase(value, '"');
        return value;
    }
    return "Linux";
}

std::string go_architecture(const std::string& machine) {
    if (machine == "x86_64") return "amd64";
    if (machine == "aarch64") return "arm64";
    return machine;
}

/// The fourth word of /proc/loadavg is "running/all" threads.
std::int64_t used_pids() {
    const auto line = first_line("/proc/loadavg");
    const auto slash = line.find('/');
    return slash == std::string::npos ? 0 : std::stoll(line.substr(slash + 1));
}

void read_disk(HostFacts& facts, const std::string& path) {
    struct statvfs disk {};
    if (::statvfs(path.c_str(), &disk) != 0) return;
    facts.disk_bytes = static_cast<std::int64_t>(disk.f_blocks * disk.f_frsize);
    facts.disk_available_bytes = static_cast<std::int64_t>(disk.f_bavail * disk.f_frsize);
}

void read_system(HostFacts& facts) {
    utsname names{};
    ::uname(&names);
    facts.hostname = names.nodename;
    facts.kernel_version = names.release;
    facts.architecture = go_architecture(names.machine);
    facts.os_image = pretty_os_name();
    facts.machine_id = first_line("/etc/machine-id");
    facts.boot_id = first_line("/proc/sys/kernel/random/boot_id");
    facts.system_uuid = first_line("/sys/class/dmi/id/product_uuid");
    if (facts.system_uuid.empty()) facts.system_uuid = facts.machine_id;
}

/// The stub of a local resolver means nothing inside a container: its upstream file does.
void read_resolver(HostFacts& facts) {
    std::ifstream upstream("/run/systemd/resolve/resolv.conf");
    std::ifstream file(upstream ? "/run/systemd/resolve/resolv.conf" : "/etc/resolv.conf");
    std::string line;
    while (std::getline(file, line)) {
        std::istringstream words(line);
        std::string key;
        words >> key;
        auto* list = key == "nameserver" ? &facts.dns_servers
                     : key == "search"   ? &facts.dns_searches
                     : key == "options"  ? &facts.dns_options
                                         : nullptr;
        for (std::string word; list != nullptr && words >> word;) list->push_back(word);
    }
}

struct AddressListCloser {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

std::string local_address(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::getsockname(socket, generic, &size) != 0) return {};
    char text[NI_MAXHOST] = {};
    if (::getnameinfo(generic, size, text, sizeof(text), nullptr, 0, NI_NUMERICHOST) != 0)
        return {};
    return text;
}

}  // namespace

MemoryFacts read_memory_facts() {
    return {memory_row("MemTotal"), memory_row("MemAvailable")};
}

HostFacts read_host_facts(const std::string& data_dir) {
    HostFacts facts;
    facts.cpus = std::max(1U, std::thread::hardware_concurrency());
    facts.memory_bytes = memory_row("MemTotal");
    facts.memory_available_bytes = memory_row("MemAvailable");
    facts.pids_max = first_number("/proc/sys/kernel/pid_max");
    facts.pids_used = used_pids();
    read_disk(facts, data_dir);
    read_system(facts);
    read_resolver(facts);
    return facts;
}

// A connected datagram socket sends nothing, but the kernel chooses the route and with it the
// source address.
std::string address_towards(const std::string& peer) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_DGRAM;
    addrinfo* found = nullptr;
    if (::getaddrinfo(peer.c_str(), "9", &hints, &found) != 0) return {};
    const std::unique_ptr<addrinfo, AddressListCloser> list(found);
    const int socket = ::socket(list->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket < 0) return {};
    const bool connected = ::connect(socket, list->ai_addr, list->ai_addrlen) == 0;
    auto address = connected ? local_address(socket) : std::string();
    ::close(socket);
    return address;
}

}  // namespace picket::nodeagent
