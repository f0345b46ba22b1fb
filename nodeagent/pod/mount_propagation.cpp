#include "nodeagent/pod/mount_propagation.hpp"

#include <fstream>
#include <sstream>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

struct MountPoint {
    std::string path;
    bool passing = false;
};

/// "36 35 98:0 /root /point options shared:1 master:2 - type device options"
MountPoint parse_mount_line(const std::string& line) {
    std::istringstream words(line);
    std::string word;
    MountPoint mount;
    for (int i = 0; i < 4; ++i) words >> word;
    words >> mount.path >> word;
    while (words >> word && word != "-") {
        if (word.starts_with("shared:") || word.starts_with("master:")) mount.passing = true;
    }
    return mount;
}

bool holds(const std::string& point, const std::string& path) {
    if (point == "/" || point == path) return true;
    return path.starts_with(point) && path[point.size()] == '/';
}

}  // namespace

// Of mounts on the same point the last one counts: it hides the others.
bool lies_on_passing_mount(std::istream& mountinfo, const fs::path& path) {
    MountPoint nearest;
    std::string line;
    while (std::getline(mountinfo, line)) {
        auto mount = parse_mount_line(line);
        if (holds(mount.path, path.string()) && mount.path.size() >= nearest.path.size())
            nearest = std::move(mount);
    }
    return nearest.passing;
}

std::string engine_propagation(const std::string& propagation, const fs::path& source) {
    if (propagation == "Bidirectional") return "rshared";
    if (propagation != "HostToContainer") return {};
    std::error_code ignored;  // a path that cannot be resolved is taken as it is written
    std::ifstream mountinfo("/proc/self/mountinfo");
    return lies_on_passing_mount(mountinfo, fs::weakly_canonical(source, ignored)) ? "rslave" : "";
}

}  // namespace picket::nodeagent
