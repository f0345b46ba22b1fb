#include "apiserver/apiserver.hpp"
#include "apiserver/restore.hpp"
#include "cli/commands/commands.hpp"
#include "cli/session.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace picket::cli {
namespace {

struct BackupOptions {
    ConnectionOptions connection;
    std::string file;
};

struct RestoreOptions {
    std::string file;
    std::string data_dir = apiserver::ApiServerOptions().data_dir;
    bool replace = false;
};

Error cannot_write(const std::string& path) {
    return {Reason::BadRequest, fmt::format("cannot write {}: {}", path, std::strerror(errno))};
}

/// Under another name until it is whole, so that a backup that has its name is one.
class PartialFile {
public:
    explicit PartialFile(std::string path) : path_(std::move(path)), partial_(path_ + ".partial") {}
    ~PartialFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (!kept_) ::unlink(partial_.c_str());
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;

    [[nodiscard]] Result<void> open() {
        descriptor_ =
            ::open(partial_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
        if (descriptor_ < 0) return cannot_write(partial_);
        return Ok();
    }
    [[nodiscard]] Result<void> append(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto written = ::write(descriptor_, bytes.data(), bytes.size());
            if (written < 0) return cannot_write(partial_);
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        return Ok();
    }
    [[nodiscard]] Result<void> sync() {
        if (::fsync(descriptor_) != 0) return cannot_write(partial_);
        return Ok();
    }
    [[nodiscard]] Result<void> keep() {
        if (::rename(partial_.c_str(), path_.c_str()) != 0) return cannot_write(path_);
        kept_ = true;
        return Ok();
    }
    [[nodiscard]] const std::string& partial() const { return partial_; }

private:
    std::string path_;
    std::string partial_;
    int descriptor_ = -1;
    bool kept_ = false;
};

Result<void> receive(Session& session, PartialFile& file) {
    const client::Target backups{.group_version = "picket.dev/v1", .plural = "backups"};
    auto response = session.stream(backups, {.accept = "*/*", .method = http::Method::Post});
    if (!response) return response.error();
    for (;;) {
        const auto piece = session.next_bytes(**response);
        if (!piece) return piece.error();
        if (piece->empty()) return file.sync();
        const auto appended = file.append(*piece);
        if (!appended) return appended;
    }
}

void print_content(std::string_view what, const storage::BackupContent& content) {
    fmt::print("{}: {} objects, revision {}\n", what, content.objects, content.revision);
}

Result<int> back_up(const BackupOptions& options) {
    if (std::filesystem::exists(options.file))
        return Error{Reason::AlreadyExists, options.file + " exists; a backup replaces no file"};
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    PartialFile file(options.file);
    const auto opened = file.open();
    if (!opened) return opened.error();
    const auto received = receive(**session, file);
    if (!received) return received.error();
    const auto content = storage::read_backup(file.partial());
    if (!content) return content.error();
    const auto kept = file.keep();
    if (!kept) return kept.error();
    print_content("backed up to " + options.file, *content);
    return kDone;
}

Result<int> restore(const RestoreOptions& options) {
    const auto content =
        apiserver::restore_data_dir(options.file, options.data_dir, options.replace);
    if (!content) return content.error();
    print_content("restored into " + options.data_dir, *content);
    return kDone;
}

}  // namespace

Action define_backup(CLI::App& app) {
    const auto options = std::make_shared<BackupOptions>();
    add_connection_options(app, options->connection);
    app.add_option("file", options->file, "where to write the backup: it holds all secrets")
        ->required()
        ->type_name("FILE");
    return [options] { return back_up(*options); };
}

Action define_restore(CLI::App& app) {
    const auto options = std::make_shared<RestoreOptions>();
    app.add_option("file", options->file, "a backup")->required()->type_name("FILE");
    app.add_option("--data-dir", options->data_dir, "of the server, which must not run")
        ->capture_default_str()
        ->type_name("DIR");
    app.add_flag(
        "--replace", options->replace, "put a store that is there aside, as picket.db.replaced");
    return [options] { return restore(*options); };
}

}  // namespace picket::cli
