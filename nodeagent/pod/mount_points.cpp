#include "nodeagent/pod/mount_points.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

/// "/etc//app/" as "/etc/app".
std::string plain_target(const BindMount& mount) {
    auto path = fs::path(mount.target).lexically_normal().string();
    if (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
}

/// The mount that `target` lies in: of several, the innermost.
const BindMount* surrounding(const std::vector<BindMount>& mounts, const std::string& target) {
    const BindMount* found = nullptr;
    std::size_t depth = 0;
    for (const auto& mount : mounts) {
        const auto around = plain_target(mount);
        const bool inside = target.starts_with(around + "/") || (around == "/" && target != "/");
        if (!inside || (found != nullptr && around.size() <= depth)) continue;
        found = &mount;
        depth = around.size();
    }
    return found;
}

std::error_code make_point(const fs::path& point, bool file) {
    std::error_code error;
    if (fs::exists(fs::symlink_status(point, error))) return {};
    fs::create_directories(file ? point.parent_path() : point, error);
    if (!error && file && !std::ofstream(point)) error = std::make_error_code(std::errc::io_error);
    return error;
}

}  // namespace

Result<void> make_mount_points(
    const std::vector<BindMount>& mounts, const std::set<std::string>& agent_made) {
    for (const auto& mount : mounts) {
        const auto target = plain_target(mount);
        const auto* around = surrounding(mounts, target);
        if (around == nullptr || !agent_made.contains(around->source)) continue;
        std::error_code missing;  // the engine makes a folder of it
        const auto source = fs::status(mount.source, missing);
        const bool file = fs::exists(source) && !fs::is_directory(source);
        const auto point =
            fs::path(around->source) / fs::path(target).lexically_relative(plain_target(*around));
        if (const auto error = make_point(point, file)) {
            return Error{
                .reason = Reason::Invalid,
                .message = fmt::format("cannot make a place for {}: {}", target, error.message())};
        }
    }
    return Ok();
}

}  // namespace picket::nodeagent
