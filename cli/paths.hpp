#pragma once
#include <string>

namespace picket::cli {

inline constexpr const char* kDefaultServerDir = "/var/lib/picket/server";
inline constexpr const char* kDefaultAgentDir = "/var/lib/picket/agent";
inline constexpr const char* kDefaultDocker = "unix:///var/run/docker.sock";

/// What the server writes for its administrator; the last place where the command line looks for a
/// kubeconfig.
[[nodiscard]] inline std::string admin_kubeconfig(const std::string& server_dir) {
    return server_dir + "/admin.kubeconfig";
}
[[nodiscard]] inline std::string default_admin_kubeconfig() {
    return admin_kubeconfig(kDefaultServerDir);
}

}  // namespace picket::cli
