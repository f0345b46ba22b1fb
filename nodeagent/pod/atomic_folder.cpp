#include "nodeagent/pod/atomic_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kData = "..data";

Error io_error(const fs::path& path, const std::error_code& error) {
    return Error{
        .reason = Reason::InternalError,
        .message = fmt::format("cannot write {}: {}", path.string(), error.message())};
}

std::optional<std::string> read_content(const fs::path& path) {
    const std::ifstream file(path, std::ios::binary);
    if (!file) return std::nullopt;
    std::ostringstream content;
    content << file.rdbuf();
    return std::move(content).str();
}

/// Links of the top level: "a" for the files "a" and "a/b".
std::set<std::string> top_names(const VolumeFiles& files) {
    std::set<std::string> names;
    for (const auto& [path, file] : files) names.insert(path.substr(0, path.find('/')));
    return names;
}

/// What is there and no link is a place where something else is mounted.
std::set<std::string> shown_names(const fs::path& folder) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        if (!name.starts_with("..") && entry.is_symlink()) names.insert(name);
    }
    return names;
}

bool shows_just(const fs::path& folder, const std::set<std::string>& wanted) {
    const auto there = [&](const std::string& name) {
        return fs::exists(fs::symlink_status(folder / name));
    };
    return std::ranges::includes(wanted, shown_names(folder)) && std::ranges::all_of(wanted, there);
}

bool is_current(const fs::path& folder, const VolumeFiles& files) {
    if (!fs::exists(folder / kData) || !shows_just(folder, top_names(files))) return false;
    return std::all_of(files.begin(), files.end(), [&](const auto& entry) {
        return read_content(folder / kData / entry.first) == entry.second.content;
    });
}

/// Group members may read what their owner may.
mode_t shared_mode(int mode, bool group) {
    const auto bits = static_cast<mode_t>(mode);
    return group ? bits | ((bits & 0400U) >> 3U) : bits;
}

void give_to_group(const fs::path& path, std::optional<unsigned> group) {
    if (group && ::chown(path.c_str(), static_cast<uid_t>(-1), *group) != 0) return;
}

std::error_code write_file(
    const fs::path& path, const VolumeFile& file, std::optional<unsigned> group) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) return error;
    std::ofstream out(path, std::ios::binary);
    out << file.content;
    out.close();
    if (!out) return std::make_error_code(std::errc::io_error);
    give_to_group(path, group);
    ::chmod(path.c_str(), shared_mode(file.mode, group.has_value()));
    return {};
}

std::string version_name(TimePoint now) {
    auto name = ".." + format_micro_time(now);
    std::replace(name.begin() + 2, name.end(), ':', '_');
    std::replace(name.begin() + 2, name.end(), '-', '_');
    return name;
}

std::error_code replace_link(const fs::path& link, const fs::path& target) {
    auto temporary = link;
    temporary += "_tmp";
    std::error_code error;
    fs::remove(temporary, error);
    fs::create_symlink(target, temporary, error);
    if (!error) fs::rename(temporary, link, error);
    return error;
}

std::error_code show_names(const fs::path& folder, const VolumeFiles& files) {
    const auto wanted = top_names(files);
    std::error_code error;
    for (const auto& name : wanted) {
        if (!fs::exists(fs::symlink_status(folder / name)))
            fs::create_symlink(fs::path(kData) / name, folder / name, error);
        if (error) return error;
    }
    for (const auto& name : shown_names(folder)) {
        if (!wanted.contains(name)) fs::remove(folder / name, error);
    }
    return error;
}

void remove_other_versions(const fs::path& folder, const std::string& version) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        std::error_code ignored;  // a leftover costs space only, and the next update tries again
        if (name.starts_with("..") && name != kData && name != version)
            fs::remove_all(entry.path(), ignored);
    }
}

}  // namespace

Result<void> write_atomic_folder(
    const fs::path& folder,
    const VolumeFiles& files,
    std::optional<unsigned> group,
    TimePoint now) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return io_error(folder, error);
    ::chmod(folder.c_str(), 0755);
    if (is_current(folder, files)) return Ok();
    const auto version = version_name(now);
    fs::create_directories(folder / version, error);
    for (const auto& [path, file] : files) {
        if (auto failed = write_file(folder / version / path, file, group))
            return io_error(folder / path, failed);
    }
    if (auto failed = replace_link(folder / kData, version))
        return io_error(folder / kData, failed);
    if (auto failed = show_names(folder, files)) return io_error(folder, failed);
    remove_other_versions(folder, version);
    return Ok();
}

}  // namespace picket::nodeagent
