#include "apiserver/storage/file_claim.hpp"

#include "common/base/big_endian.hpp"
#include "common/base/file_lock.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace picket::storage {
namespace {

// Offsets of the database header, https://www.sqlite.org/fileformat2.html#the_database_header
constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kHeaderSize = 100;
constexpr std::size_t kUserVersionOffset = 60;
constexpr std::size_t kApplicationIdOffset = 68;

Error refused(const std::string& path, std::string_view why) {
    return {
        .reason = Reason::InternalError,
        .message = fmt::format("cannot open store {}: {}", path, why)};
}

Error system_error(const std::string& path) {
    return refused(path, std::strerror(errno));
}

/// Without this a crash right after the first acknowledged write could lose the file's name.
Result<void> sync_folder_of(const std::string& path) {
    const auto folder = std::filesystem::absolute(path).parent_path();
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return system_error(path);
    const bool synced = ::fsync(descriptor) == 0;
    auto outcome = synced ? Result<void>(Ok()) : Result<void>(system_error(path));
    ::close(descriptor);
    return outcome;
}

Result<FileKind> judge_file(const std::string& path, int descriptor) {
    std::array<char, kHeaderSize> header{};
    const auto size = ::pread(descriptor, header.data(), header.size(), 0);
    if (size < 0) return system_error(path);
    return judge_header(path, {header.data(), static_cast<std::size_t>(size)});
}

}  // namespace

Result<FileKind> judge_header(const std::string& path, std::string_view header) {
    if (header.empty()) return FileKind::Fresh;
    if (header.size() < kHeaderSize || !header.starts_with(kMagic)) {
        return refused(
            path, "it is not a SQLite file, or damaged; restore a backup or move it away");
    }
    const auto application = big_endian_at(header, kApplicationIdOffset, 4);
    const auto version = big_endian_at(header, kUserVersionOffset, 4);
    if (application == 0 && version == 0) return FileKind::Unmarked;
    if (application != kApplicationId) {
        return refused(path, "it belongs to another program; choose another data directory");
    }
    if (version == 0 || version > kSchemaVersion) {
        return refused(
            path,
            fmt::format(
                "its schema version is {}, this picket knows up to {}; start a newer picket",
                version,
                kSchemaVersion));
    }
    return FileKind::Ours;
}

Result<FileClaim> FileClaim::take(const std::string& path, std::chrono::milliseconds patience) {
    FileClaim claim(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (claim.descriptor_ < 0) return system_error(path);
    if (!lock_file(claim.descriptor_, patience)) {
        return errno == EWOULDBLOCK ? refused(path, "another picket server has it open")
                                    : system_error(path);
    }
    const auto kind = judge_file(path, claim.descriptor_);
    if (!kind) return kind.error();
    if (*kind == FileKind::Fresh) {
        if (auto synced = sync_folder_of(path); !synced) return synced.error();
    }
    return claim;
}

FileClaim::FileClaim(FileClaim&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileClaim& FileClaim::operator=(FileClaim&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
}

FileClaim::~FileClaim() {
    if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace picket::storage
