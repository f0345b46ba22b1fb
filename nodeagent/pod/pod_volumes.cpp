#include "nodeagent/pod/pod_volumes.hpp"

#include "common/base/private_file.hpp"
#include "nodeagent/pod/atomic_folder.hpp"
#include "nodeagent/pod/host_path.hpp"
#include "nodeagent/pod/mount_points.hpp"
#include "nodeagent/pod/mount_propagation.hpp"
#include "nodeagent/pod/sub_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

Error mount_error(const Volume& volume, std::string_view why) {
    return Error{
        .reason = Reason::Invalid,
        .message =
            fmt::format("MountVolume.SetUp failed for volume \"{}\" : {}", volume.name, why)};
}

bool is_mount_point(const fs::path& folder) {
    struct stat own {};
    struct stat parent {};
    if (::stat(folder.c_str(), &own) != 0 || ::stat(folder.parent_path().c_str(), &parent) != 0)
        return false;
    return own.st_dev != parent.st_dev;
}

/// On the host, not by the engine: all containers share it, and it lives as long as the pod.
Result<void> mount_memory(const Volume& volume, const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return mount_error(volume, error.message());
    if (is_mount_point(folder)) return Ok();
    std::string options = "mode=0777";
    if (volume.size_limit && !volume.size_limit->is_zero()) {
        options += fmt::format(",size={}", volume.size_limit->value());
    }
    if (::mount("tmpfs", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
        return mount_error(volume, fmt::format("cannot mount a tmpfs: {}", std::strerror(errno)));
    }
    return Ok();
}

Result<void> make_empty_dir(const Pod& pod, const Volume& volume, const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return mount_error(volume, error.message());
    ::chmod(folder.c_str(), 0777);
    if (const auto group = pod.spec.security.fs_group) {
        if (::chown(folder.c_str(), static_cast<uid_t>(-1), static_cast<gid_t>(*group)) != 0) {
            return mount_error(
                volume, fmt::format("cannot set the group: {}", std::strerror(errno)));
        }
        ::chmod(folder.c_str(), 02777);
    }
    return Ok();
}

/// What must not stay on a disk is kept in memory.
bool holds_secrets(const Volume& volume) {
    return std::ranges::any_of(volume.sources, [](const FileSource& source) {
        return source.kind == FileSource::Kind::Secret ||
               source.kind == FileSource::Kind::ServiceAccountToken;
    });
}

std::optional<unsigned> file_group(const Pod& pod) {
    const auto group = pod.spec.security.fs_group;
    return group ? std::optional(static_cast<unsigned>(*group)) : std::nullopt;
}

const Volume* find_volume(const Pod& pod, const std::string& name) {
    const auto& volumes = pod.spec.volumes;
    const auto found = std::find_if(
        volumes.begin(), volumes.end(), [&](const Volume& v) { return v.name == name; });
    return found == volumes.end() ? nullptr : &*found;
}

std::string absolute_target(const std::string& path) {
    return path.starts_with('/') ? path : "/" + path;
}

void unmount_below(const fs::path& folder) {
    // Deepest first; a mount that is busy goes when its last user does.
    std::vector<std::string> points;
    std::ifstream mounts("/proc/self/mounts");
    std::string device;
    std::string point;
    std::string rest;
    while (mounts >> device >> point && std::getline(mounts, rest)) {
        if (point.starts_with(folder.string() + "/")) points.push_back(point);
    }
    std::sort(points.rbegin(), points.rend());
    for (const auto& path : points) ::umount2(path.c_str(), MNT_DETACH);
}

}  // namespace

Result<void> PodVolumes::open() {
    return make_private_directory(root_);
}

fs::path PodVolumes::folder_of(const Pod& pod, const Volume& volume) const {
    return root_ / pod.uid / volume.name;
}

Result<void> PodVolumes::prepare_memory(const Pod& pod, const Volume& volume) const {
    if (!engine_) return Ok();
    const auto folder = folder_of(pod, volume);
    if (auto mounted = mount_memory(volume, folder); !mounted) return mounted;
    if (!engine_->misses(folder)) return Ok();
    // The containers would find the folder empty.
    return mount_error(
        volume,
        "the container engine does not see what this agent mounts: run the agent in the engine's "
        "mount namespace (under systemd without PrivateMounts, PrivateTmp, ProtectSystem and the "
        "like)");
}

Result<void> PodVolumes::prepare(
    const Pod& pod, const NodeContext& node, const ReferencedObjects& objects, TimePoint now) {
    // All checks before anything is made: what one volume asks the host for must not be what
    // another has just brought.
    for (const auto& volume : pod.spec.volumes) {
        if (volume.kind != Volume::Kind::HostPath) continue;
        auto checked = check_host_path(volume.path, volume.host_path_type, node.engine_socket);
        if (!checked) return mount_error(volume, checked.error().message);
    }
    for (const auto& volume : pod.spec.volumes) {
        if (auto made = prepare_volume(pod, volume, node, objects, now); !made) return made;
    }
    return Ok();
}

Result<void> PodVolumes::refresh_files(
    const Pod& pod, const NodeContext& node, const ReferencedObjects& objects, TimePoint now) {
    Result<void> done = Ok();
    for (const auto& volume : pod.spec.volumes) {
        if (volume.kind != Volume::Kind::Files) continue;
        // One volume that cannot be made anew keeps no other from its update.
        if (auto made = prepare_volume(pod, volume, node, objects, now); !made) done = made;
    }
    return done;
}

Result<void> PodVolumes::prepare_volume(
    const Pod& pod,
    const Volume& volume,
    const NodeContext& node,
    const ReferencedObjects& objects,
    TimePoint now) {
    switch (volume.kind) {
        case Volume::Kind::EmptyDir:
            if (volume.in_memory) {
                if (auto ready = prepare_memory(pod, volume); !ready) return ready;
            }
            return make_empty_dir(pod, volume, folder_of(pod, volume));
        case Volume::Kind::HostPath: {
            auto made = make_host_path(volume.path, volume.host_path_type);
            if (!made) return mount_error(volume, made.error().message);
            return Ok();
        }
        case Volume::Kind::Files: {
            auto files = plan_volume_files(pod, volume, node, objects);
            if (!files) return mount_error(volume, files.error().message);
            if (holds_secrets(volume)) {
                if (auto ready = prepare_memory(pod, volume); !ready) return ready;
            }
            return write_atomic_folder(folder_of(pod, volume), *files, file_group(pod), now);
        }
        case Volume::Kind::Unsupported:
            break;
    }
    return mount_error(
        volume,
        fmt::format("volumes of type {} do not exist on a plain host", volume.unsupported_type));
}

Result<std::string> PodVolumes::source_of(
    const Pod& pod, const Volume& volume, const std::string& sub_path, const fs::path& point) {
    const auto base =
        volume.kind == Volume::Kind::HostPath ? fs::path(volume.path) : folder_of(pod, volume);
    if (sub_path.empty()) return base.string();
    const fs::path below(sub_path);
    const bool climbs = std::find(below.begin(), below.end(), "..") != below.end();
    if (below.is_absolute() || climbs)
        return mount_error(volume, "subPath must be relative without \"..\"");
    if (!engine_) return (base / below).string();
    if (auto bound = bind_sub_path(base, sub_path, point); !bound)
        return mount_error(volume, bound.error().message);
    return point.string();
}

Result<std::vector<BindMount>> PodVolumes::mounts_of(
    const Pod& pod, const Container& container, const Environment& environment) {
    std::vector<BindMount> mounts;
    std::set<std::string> agent_made;
    for (const auto& mount : container.mounts) {
        const auto* volume = find_volume(pod, mount.volume);
        if (volume == nullptr) {
            return Error{
                .reason = Reason::Invalid,
                .message = fmt::format("volume {} not found", mount.volume)};
        }
        const auto sub_path =
            mount.sub_path_expression.empty()
                ? mount.sub_path
                : expand_variables(mount.sub_path_expression, lookup_in(environment));
        if (mount.recursively) {
            return mount_error(*volume, "the engine cannot make mounts below it read-only, too");
        }
        // No volume can have this name: theirs begin with a letter or a digit.
        const auto point =
            pod_folder(pod.uid) / "..subpaths" / container.name / std::to_string(mounts.size());
        auto source = source_of(pod, *volume, sub_path, point);
        if (!source) return source.error();
        const bool files = volume->kind == Volume::Kind::Files;
        if (files && sub_path.empty()) agent_made.insert(*source);
        auto propagation = engine_propagation(mount.propagation, *source);
        mounts.push_back(
            {std::move(*source),
             absolute_target(mount.mount_path),
             mount.read_only || files,
             std::move(propagation)});
    }
    if (auto made = make_mount_points(mounts, agent_made); !made) return made.error();
    return mounts;
}

Result<std::optional<std::string>> PodVolumes::read_file(
    const Pod& pod, const std::string& volume, const std::string& path) const {
    const auto* found = find_volume(pod, volume);
    if (found == nullptr || found->kind != Volume::Kind::EmptyDir) {
        return Error{
            .reason = Reason::Invalid,
            .message = fmt::format("there is no emptyDir volume {} to read {} from", volume, path)};
    }
    return read_inside(folder_of(pod, *found), path);
}

Result<void> PodVolumes::remove(const std::string& uid) {
    const auto folder = root_ / uid;
    if (engine_) unmount_below(folder);
    std::error_code error;
    fs::remove_all(folder, error);
    if (error) {
        return Error{
            .reason = Reason::InternalError,
            .message = fmt::format("cannot remove {}: {}", folder.string(), error.message())};
    }
    return Ok();
}

std::vector<std::string> PodVolumes::pods_with_folders() const {
    std::vector<std::string> uids;
    std::error_code none;  // no folder, no volumes
    for (const auto& entry : fs::directory_iterator(root_, none))
        uids.push_back(entry.path().filename());
    return uids;
}

}  // namespace picket::nodeagent
