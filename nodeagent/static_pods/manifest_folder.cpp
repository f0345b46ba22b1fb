#include "nodeagent/static_pods/manifest_folder.hpp"

#include "common/api/json_read.hpp"
#include "common/async/timing.hpp"
#include "common/base/encoding.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"
#include "common/client/informer.hpp"
#include "nodeagent/static_pods/static_pod.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <set>
#include <sys/inotify.h>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A folder that is not there, or cannot be watched, is looked for again after this time.
constexpr std::chrono::seconds kFolderRetry = 5s;
/// Editors and package managers write several files; they are read together.
constexpr std::chrono::milliseconds kSettle = 100ms;
constexpr std::uintmax_t kLargestManifest = 1U << 20U;
constexpr std::uint32_t kFolderChanges = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                         IN_CREATE | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF |
                                         IN_ONLYDIR;

bool is_manifest_name(const std::string& name) {
    return !name.starts_with('.') && !name.ends_with('~');
}

/// What was remembered may be spoiled.
bool is_static_pod(const Json& object) {
    const auto& metadata = json_read::member(object, "metadata");
    const auto given = [&](const char* field) { return !json_read::text(metadata, field).empty(); };
    return given("namespace") && given("name") && given("uid");
}

}  // namespace

ManifestFolder::ManifestFolder(
    boost::asio::any_io_executor executor,
    fs::path folder,
    std::string node,
    fs::path memory,
    OnPods on_pods)
    : executor_(std::move(executor)),
      folder_(std::move(folder)),
      node_(std::move(node)),
      memory_(std::move(memory)),
      on_pods_(std::move(on_pods)) {}

// Without digests: each file is read once more, and says itself what is wrong with it.
std::vector<Json> ManifestFolder::remember() {
    const auto json = Json::parse(read_file_or_empty(memory_), nullptr, false);
    if (!json.is_object()) return {};
    for (const auto& [path, pods] : json.items()) {
        if (fs::path(path).parent_path() != folder_ || !pods.is_array()) continue;
        std::copy_if(
            pods.begin(), pods.end(), std::back_inserter(files_[path].pods), is_static_pod);
    }
    return all_pods();
}

void ManifestFolder::keep() const {
    Json json = Json::object();
    for (const auto& [path, file] : files_) json[path.string()] = file.pods;
    if (auto written = update_private_file(memory_, json.dump()); !written)
        logger("static")->error("manifests not remembered why={}", written.error().message);
}

// The watch is there before the folder is read, so nothing falls in between.
Awaitable<> ManifestFolder::run() {
    while (true) {
        const int inotify = ::inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
        boost::asio::posix::stream_descriptor changes(executor_);
        if (inotify >= 0) changes.assign(inotify);
        const bool watched =
            inotify >= 0 && ::inotify_add_watch(inotify, folder_.c_str(), kFolderChanges) >= 0;
        const auto trouble = watched ? std::string() : std::string(std::strerror(errno));
        read();
        if (!watched) {
            complain(folder_, trouble);
            co_await sleep_for(kFolderRetry);
            continue;
        }
        complaints_.erase(folder_);
        std::array<char, 4096> events{};
        bool there = true;
        while (there) {
            co_await changes.async_read_some(
                boost::asio::buffer(events), boost::asio::use_awaitable);
            co_await sleep_for(kSettle);
            read();
            std::error_code ignored;
            there = fs::is_directory(folder_, ignored);
        }
    }
}

void ManifestFolder::read() {
    std::set<fs::path> present;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        std::error_code ignored;
        if (!is_manifest_name(entry.path().filename()) || !entry.is_regular_file(ignored)) continue;
        present.insert(entry.path());
        read_one(entry.path());
    }
    // A folder that cannot be read says nothing about its files.
    if (!error)
        std::erase_if(files_, [&](const auto& file) { return !present.contains(file.first); });
    keep();
    on_pods_(all_pods());
}

void ManifestFolder::read_one(const fs::path& path) {
    std::error_code error;
    if (const auto size = fs::file_size(path, error); !error && size > kLargestManifest)
        return complain(path, "is larger than 1 MiB");
    const auto content = read_file(path);
    if (!content) return complain(path, content.error().message);
    if (!*content) return;  // removed meanwhile; the folder will say so
    const auto& text = **content;
    auto& file = files_[path];
    auto digest = sha256_hex(text);
    if (file.digest == digest) return;
    file.digest = std::move(digest);
    auto manifest = read_manifest(text, node_);
    if (manifest.problems.empty()) {
        complaints_.erase(path);
        file.pods = std::move(manifest.pods);
        return;
    }
    for (const auto& problem : manifest.problems) complain(path, problem);
    // Its good pods run; if none is good, those it had before.
    if (!manifest.pods.empty()) file.pods = std::move(manifest.pods);
}

void ManifestFolder::complain(const fs::path& path, const std::string& why) {
    if (std::exchange(complaints_[path], why) == why) return;
    logger("static")->error("manifest cannot be used path={} why={}", path.string(), why);
}

std::vector<Json> ManifestFolder::all_pods() {
    std::vector<Json> pods;
    std::map<std::string, fs::path> names;
    for (const auto& [path, file] : files_) {
        for (const auto& pod : file.pods) {
            const auto key = client::object_key(pod);
            if (const auto [first, fresh] = names.emplace(key, path); fresh) {
                pods.push_back(pod);
            } else {
                complain(
                    path,
                    fmt::format("pod {} is in {} too", key, first->second.filename().string()));
            }
        }
    }
    return pods;
}

}  // namespace picket::nodeagent
