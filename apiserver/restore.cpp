#include "apiserver/restore.hpp"

#include "apiserver/storage/file_claim.hpp"
#include "common/base/private_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <sys/file.h>
#include <unistd.h>

namespace picket::apiserver {
namespace {

namespace fs = std::filesystem;

Error cannot_restore(const fs::path& path, std::string_view why) {
    return {Reason::BadRequest, fmt::format("cannot restore into {}: {}", path.string(), why)};
}

/// Plain names only: a backup says nothing about other folders.
bool is_plain_name(const std::string& name) {
    return !name.empty() && name.find('/') == std::string::npos && !name.starts_with(".") &&
           !name.starts_with("picket.db");
}

Result<void> move_file(const fs::path& from, const fs::path& to) {
    if (std::rename(from.c_str(), to.c_str()) == 0) return Ok();
    return cannot_restore(to, std::strerror(errno));
}

/// The present store and its log go aside together: neither is whole without the other.
Result<void> set_aside(const fs::path& store) {
    for (const char* suffix : {"-wal", "-shm", ""}) {
        const fs::path from = store.string() + suffix;
        if (!fs::exists(from)) continue;
        const auto moved = move_file(from, store.string() + ".replaced" + suffix);
        if (!moved) return moved;
    }
    return Ok();
}

Result<void> write_side_files(
    const fs::path& data_dir, const std::vector<storage::SideFile>& files) {
    for (const auto& file : files) {
        if (!is_plain_name(file.name))
            return cannot_restore(data_dir, "the backup names a file outside of it");
        const auto written = write_private_file(data_dir / file.name, file.content);
        if (!written) return written;
    }
    return Ok();
}

/// Whoever holds this is the only one on the store. Nothing to hold where there is none.
Result<std::optional<storage::FileClaim>> claim_store(const fs::path& store, bool replace) {
    if (!fs::exists(store)) return std::optional<storage::FileClaim>();
    auto claim = storage::FileClaim::take(store.string());
    if (!claim) return claim.error();
    if (!replace) return cannot_restore(store, "there is a store already; --replace puts it aside");
    return std::optional(std::move(*claim));
}

}  // namespace

Result<storage::BackupContent> restore_data_dir(
    const std::string& backup, const fs::path& data_dir, bool replace) {
    const auto store = data_dir / "picket.db";
    const auto claim = claim_store(store, replace);
    if (!claim) return claim.error();
    const auto made = make_private_directory(data_dir);
    if (!made) return made.error();
    const auto restoring = data_dir / "picket.db.restoring";
    std::error_code ignored;  // what an interrupted restore left
    fs::remove(restoring, ignored);
    auto content = storage::restore_backup(backup, restoring.string());
    if (!content) return content.error();
    const auto aside = set_aside(store);
    if (!aside) return aside.error();
    const auto written = write_side_files(data_dir, content->files);
    if (!written) return written.error();
    const auto placed = move_file(restoring, store);
    if (!placed) return placed.error();
    if (auto synced = sync_directory(data_dir); !synced) return synced.error();
    return content;
}

}  // namespace picket::apiserver
