#pragma once
#include "apiserver/routes/call.hpp"
#include "apiserver/storage/sqlite_store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>

#include <filesystem>
#include <memory>

namespace picket::apiserver {

/// A finished backup that has no name any more: it goes when it is closed.
class BackupFile {
public:
    BackupFile(int descriptor, boost::asio::any_io_executor reader)
        : descriptor_(descriptor), reader_(std::move(reader)) {}
    ~BackupFile();
    BackupFile(const BackupFile&) = delete;
    BackupFile& operator=(const BackupFile&) = delete;

    /// The next bytes, empty at the end. Blocks: for the executor below.
    Result<std::string> read();
    [[nodiscard]] const boost::asio::any_io_executor& reader() const { return reader_; }

private:
    int descriptor_;
    boost::asio::any_io_executor reader_;
};

/// Makes backups of the store and the files beside it, in the data directory: nowhere else may the
/// secrets in it lie. Loop thread only.
class BackupMaker {
public:
    BackupMaker(storage::SqliteStore& store, std::filesystem::path data_dir)
        : store_(store), data_dir_(std::move(data_dir)) {}

    Awaitable<Result<std::shared_ptr<BackupFile>>> make();

private:
    [[nodiscard]] Result<void> check_room() const;
    [[nodiscard]] Result<std::vector<storage::SideFile>> side_files() const;

    storage::SqliteStore& store_;
    std::filesystem::path data_dir_;
    bool busy_ = false;
    std::unique_ptr<boost::asio::thread_pool> reader_;  // made by the first backup
};

/// POST /apis/picket.dev/v1/backups: makes a backup and sends it.
Awaitable<Result<http::Response>> create_backup(Call call);

}  // namespace picket::apiserver
