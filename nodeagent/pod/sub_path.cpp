#include "nodeagent/pod/sub_path.hpp"

#include "common/base/file_descriptor.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadLimit = std::size_t{64} << 10U;

Error sub_path_error(const std::string& below, std::string_view why) {
    return Error{
        .reason = Reason::Invalid,
        .message = fmt::format("cannot mount subPath \"{}\": {}", below, why)};
}

std::string reason_of(int error) {
    return error == EXDEV ? "it leads out of the volume" : std::strerror(error);
}

/// The kernel itself keeps the walk inside, so that nobody can exchange a folder for a link between
/// a check and its use.
FileDescriptor open_inside(int volume, const char* below, std::uint64_t flags = O_PATH) {
    open_how how{};
    how.flags = flags | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    return FileDescriptor(
        static_cast<int>(::syscall(SYS_openat2, volume, below, &how, sizeof(how))));
}

/// Makes the missing folders of `below`, with the volume's own mode.
Result<void> make_folders(int volume, const std::string& below) {
    struct stat own {};
    ::fstat(volume, &own);
    fs::path made;
    for (const auto& part : fs::path(below)) {
        const auto parent = open_inside(volume, made.empty() ? "." : made.c_str());
        if (!parent.valid()) return sub_path_error(below, reason_of(errno));
        if (::mkdirat(parent.get(), part.c_str(), 0755) == 0) {
            ::fchmodat(parent.get(), part.c_str(), own.st_mode & 07777U, 0);
            if (::fchownat(parent.get(), part.c_str(), own.st_uid, own.st_gid, 0) != 0)
                return sub_path_error(below, reason_of(errno));
        } else if (errno != EEXIST) {
            return sub_path_error(below, reason_of(errno));
        }
        made /= part;
    }
    return Ok();
}

/// A place to mount on: of the same sort as what is mounted.
Result<void> make_mount_point(const fs::path& target, bool folder) {
    while (::umount2(target.c_str(), MNT_DETACH) == 0) {
        // An earlier attempt's mount; its container has a copy of its own.
    }
    std::error_code error;
    fs::remove(target, error);
    fs::create_directories(folder ? target : target.parent_path(), error);
    if (!folder && !error) std::ofstream(target).close();
    if (!fs::exists(target, error)) return sub_path_error(target.string(), "no place to mount");
    return Ok();
}

}  // namespace

Result<void> bind_sub_path(
    const fs::path& volume, const std::string& below, const fs::path& target) {
    const FileDescriptor root(::open(volume.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return sub_path_error(below, reason_of(errno));
    auto opened = open_inside(root.get(), below.c_str());
    if (!opened.valid()) {
        if (errno != ENOENT) return sub_path_error(below, reason_of(errno));
        if (auto made = make_folders(root.get(), below); !made) return made;
    }
    const auto wanted = opened.valid() ? std::move(opened) : open_inside(root.get(), below.c_str());
    if (!wanted.valid()) return sub_path_error(below, reason_of(errno));
    struct stat found {};
    ::fstat(wanted.get(), &found);
    if (auto made = make_mount_point(target, S_ISDIR(found.st_mode)); !made) return made;
    const auto source = fmt::format("/proc/self/fd/{}", wanted.get());
    if (::mount(source.c_str(), target.c_str(), nullptr, MS_BIND | MS_REC, nullptr) != 0)
        return sub_path_error(below, std::strerror(errno));
    return Ok();
}

Result<std::optional<std::string>> read_inside(const fs::path& volume, const std::string& below) {
    const auto wrong = [&](std::string_view why) {
        return Error{
            .reason = Reason::Invalid, .message = fmt::format("cannot read {}: {}", below, why)};
    };
    const FileDescriptor root(::open(volume.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    // Without waiting: a pipe would hold the reader for ever.
    const auto file = open_inside(root.get(), below.c_str(), O_RDONLY | O_NONBLOCK);
    if (!file.valid()) {
        if (errno == ENOENT) return std::optional<std::string>();
        return wrong(reason_of(errno));
    }
    struct stat found {};
    if (::fstat(file.get(), &found) != 0) return wrong(std::strerror(errno));
    if (!S_ISREG(found.st_mode)) return wrong("it is not a file");
    std::string text(kReadLimit + 1, 0);
    std::size_t size = 0;
    while (size < text.size()) {
        const auto got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0) return wrong(std::strerror(errno));
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    if (size > kReadLimit) return wrong("it is too large");
    text.resize(size);
    return std::optional(std::move(text));
}

}  // namespace picket::nodeagent
