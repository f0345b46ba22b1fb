#include "nodeagent/runtime/engine_view.hpp"

#include "common/base/file_descriptor.hpp"

#include <fmt/format.h>

#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnixScheme = "unix://";

/// Who listens on the socket; 0 where that cannot be told. Under socket activation that is systemd,
/// whose mounts the engine shares.
pid_t listener_of(const std::string& socket_path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.size() >= sizeof address.sun_path) return 0;
    std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
    const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (!socket.valid() || ::connect(socket.get(), generic, sizeof address) != 0) return 0;
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return 0;
    return peer.pid;
}

}  // namespace

bool EngineView::misses(const fs::path& mount_point) const {
    if (!endpoint_.starts_with(kUnixScheme)) return false;
    const auto engine = listener_of(endpoint_.substr(kUnixScheme.size()));
    const auto root = fmt::format("/proc/{}/root", engine);
    struct stat files {};
    if (engine == 0 || ::stat(root.c_str(), &files) != 0) return false;
    struct stat own {};
    if (::stat(mount_point.c_str(), &own) != 0) return false;
    return ::stat((root + mount_point.string()).c_str(), &files) != 0 || files.st_dev != own.st_dev;
}

}  // namespace picket::nodeagent
