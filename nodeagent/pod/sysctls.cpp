#include "nodeagent/pod/sysctls.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace picket::nodeagent {
namespace {

constexpr std::array<std::string_view, 12> kSafe = {
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
};

bool matches(std::string_view pattern, std::string_view name) {
    if (!pattern.ends_with('*')) return pattern == name;
    pattern.remove_suffix(1);
    return name.starts_with(pattern);
}

bool is_allowed(std::string_view name, const std::vector<std::string>& also_allowed) {
    const auto fits = [&](std::string_view pattern) { return matches(pattern, name); };
    return std::ranges::find(kSafe, name) != kSafe.end() || std::ranges::any_of(also_allowed, fits);
}

/// With the host's namespace a setting of the pod would be one of the host.
bool reaches_host(const PodSpec& spec, std::string_view name) {
    const bool ipc = name.starts_with("kernel.shm") || name.starts_with("kernel.msg") ||
                     name == "kernel.sem" || name.starts_with("fs.mqueue.");
    return (spec.host_network && name.starts_with("net.")) || (spec.host_ipc && ipc);
}

}  // namespace

std::optional<StateReason> refuse_sysctls(
    const Pod& pod, const std::vector<std::string>& also_allowed) {
    for (const auto& [written, value] : pod.spec.security.sysctls) {
        auto name = written;
        std::ranges::replace(name, '/', '.');
        if (!is_allowed(name, also_allowed)) {
            return StateReason{
                "SysctlForbidden", fmt::format("forbidden sysctl: \"{}\" not allowlisted", name)};
        }
        if (reaches_host(pod.spec, name)) {
            return StateReason{
                "SysctlForbidden",
                fmt::format("forbidden sysctl: \"{}\" not allowed with host namespaces", name)};
        }
    }
    return std::nullopt;
}

}  // namespace picket::nodeagent
