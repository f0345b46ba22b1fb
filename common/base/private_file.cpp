#include "common/base/private_file.hpp"

#include "common/base/file_descriptor.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace picket {
namespace {

constexpr mode_t kOwnerOnly = 0600;

Error file_error(std::string_view act, const std::filesystem::path& path, int code) {
    return {
        Reason::InternalError,
        std::string("cannot ")
            .append(act)
            .append(" ")
            .append(path.string())
            .append(": ")
            .append(std::generic_category().message(code))};
}

bool write_all(int fd, std::string_view content) {
    while (!content.empty()) {
        const auto written = ::write(fd, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

enum class Wait { No, ForDisk };

bool write_owner_only(const std::filesystem::path& path, std::string_view content, Wait wait) {
    const FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwnerOnly));
    if (file.get() < 0) return false;
    // The file may have been left over with another mode.
    return ::fchmod(file.get(), kOwnerOnly) == 0 && write_all(file.get(), content) &&
           (wait == Wait::No || ::fsync(file.get()) == 0);
}

Result<void> replace(const std::filesystem::path& path, std::string_view content, Wait wait) {
    auto temporary = path;
    temporary += ".tmp";
    if (!write_owner_only(temporary, content, wait)) return file_error("write", temporary, errno);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return file_error("write", path, errno);
    return Ok();
}

}  // namespace

Result<void> sync_directory(const std::filesystem::path& path) {
    const FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid() || ::fsync(directory.get()) != 0) return file_error("sync", path, errno);
    return Ok();
}

Result<void> write_private_file(const std::filesystem::path& path, std::string_view content) {
    if (auto replaced = replace(path, content, Wait::ForDisk); !replaced) return replaced;
    return sync_directory(path.parent_path());
}

Result<void> replace_private_file(const std::filesystem::path& path, std::string_view content) {
    return replace(path, content, Wait::No);
}

Result<void> update_private_file(const std::filesystem::path& path, std::string_view content) {
    const auto present = read_file(path);
    if (!present) return present.error();
    if (*present == content) return Ok();
    return write_private_file(path, content);
}

Result<std::optional<std::string>> read_file(const std::filesystem::path& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        if (errno == ENOENT) return std::optional<std::string>();
        return file_error("read", path, errno);
    }
    return std::optional(std::string(std::istreambuf_iterator<char>(stream), {}));
}

std::string read_file_or_empty(const std::filesystem::path& path) {
    auto content = read_file(path);
    return content && *content ? *std::move(*content) : std::string();
}

Result<void> make_private_directory(const std::filesystem::path& path) {
    std::error_code failure;
    std::filesystem::create_directories(path, failure);
    if (failure) return file_error("make directory", path, failure.value());
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, failure);
    if (failure) return file_error("protect directory", path, failure.value());
    return Ok();
}

}  // namespace picket
