#include "apiserver/routes/backup.hpp"

#include "common/async/run_on.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace picket::apiserver {
namespace {

constexpr std::size_t kPieceBytes = 256U << 10U;
/// What a backup leaves free: the server must go on to write.
constexpr std::uintmax_t kKeptFree = 64U << 20U;
constexpr std::uintmax_t kLargestSideFile = 1U << 20U;
constexpr const char* kTemporaryName = "backup.tmp";

Error backup_error(std::string_view why) {
    return {Reason::InternalError, fmt::format("cannot make a backup: {}", why)};
}

/// Everything that cannot be made anew: keys and credentials. The store is copied by itself, and
/// the server's certificate is made for the host that it runs on.
bool belongs_to_backup(const std::filesystem::directory_entry& entry) {
    const auto name = entry.path().filename().string();
    return entry.is_regular_file() && !name.starts_with("picket.db") && !name.ends_with(".tmp") &&
           !name.starts_with("server.") && entry.file_size() <= kLargestSideFile;
}

Awaitable<void> send_file(std::shared_ptr<BackupFile> file, http::BodyWriter* writer) {
    for (;;) {
        // What is not in the page cache comes from the disk, and nobody else should wait for that.
        auto piece = co_await run_on(file->reader(), [file] { return file->read(); });
        // An answer that is cut off is what tells the client.
        if (!piece) throw std::runtime_error(piece.error().message);
        if (piece->empty()) co_return;
        std::vector<http::Bytes> pieces;
        pieces.push_back(http::bytes(std::move(*piece)));
        const auto written = co_await writer->write(std::move(pieces));
        if (!written) co_return;
    }
}

}  // namespace

BackupFile::~BackupFile() {
    ::close(descriptor_);
}

Result<std::string> BackupFile::read() {
    std::string piece(kPieceBytes, '\0');
    const auto size = ::read(descriptor_, piece.data(), piece.size());
    if (size < 0) return backup_error(std::strerror(errno));
    piece.resize(static_cast<std::size_t>(size));
    return piece;
}

Awaitable<Result<std::shared_ptr<BackupFile>>> BackupMaker::make() {
    const auto path = data_dir_ / kTemporaryName;
    if (busy_)
        co_return Error{
            .reason = Reason::TooManyRequests,
            .message = "another backup is being made",
            .retry_after_seconds = 10};
    const auto room = check_room();
    if (!room) co_return room.error();
    auto files = side_files();
    if (!files) co_return files.error();
    std::error_code ignored;  // what an earlier process left
    std::filesystem::remove(path, ignored);
    busy_ = true;
    const auto made = co_await store_.back_up(path.string(), std::move(*files));
    busy_ = false;
    if (!made) co_return made.error();
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) co_return backup_error(std::strerror(errno));
    if (!reader_) reader_ = std::make_unique<boost::asio::thread_pool>(1);
    auto file = std::make_shared<BackupFile>(descriptor, reader_->get_executor());
    std::filesystem::remove(path, ignored);
    co_return file;
}

/// A backup must never be what fills the disk.
Result<void> BackupMaker::check_room() const {
    std::error_code failure;
    std::uintmax_t needed = kKeptFree;
    for (const char* name : {"picket.db", "picket.db-wal"}) {
        const auto size = std::filesystem::file_size(data_dir_ / name, failure);
        if (!failure) needed += size;
    }
    struct statvfs disk {};
    if (::statvfs(data_dir_.c_str(), &disk) != 0) return backup_error(std::strerror(errno));
    const auto free = static_cast<std::uintmax_t>(disk.f_bavail) * disk.f_frsize;
    if (free >= needed) return Ok();
    return Error{
        Reason::ServiceUnavailable,
        fmt::format(
            "cannot make a backup: {} has {} MiB free, {} are needed",
            data_dir_.string(),
            free >> 20U,
            needed >> 20U)};
}

Result<std::vector<storage::SideFile>> BackupMaker::side_files() const {
    std::vector<storage::SideFile> files;
    std::error_code failure;
    for (const auto& entry : std::filesystem::directory_iterator(data_dir_, failure)) {
        if (!belongs_to_backup(entry)) continue;
        auto content = read_file(entry.path());
        if (!content) return content.error();
        if (*content) files.push_back({entry.path().filename().string(), std::move(**content)});
    }
    if (failure) return backup_error(failure.message());
    return files;
}

Awaitable<Result<http::Response>> create_backup(Call call) {
    auto file = co_await call.services.backups.make();
    if (!file) co_return file.error();
    logger("apiserver")->info("backup made user={}", call.user.name);
    http::Response response;
    response.headers = {{"Content-Type", "application/vnd.sqlite3"}};
    response.stream = [file = std::move(*file)](http::BodyWriter& writer) {
        return send_file(file, &writer);
    };
    co_return response;
}

}  // namespace picket::apiserver
