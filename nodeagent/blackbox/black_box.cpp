#include "nodeagent/blackbox/black_box.hpp"

#include "common/api/json_read.hpp"
#include "common/base/encoding.hpp"
#include "common/base/private_file.hpp"
#include "nodeagent/runtime/labels.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace picket::nodeagent {
namespace {

namespace fs = std::filesystem;

Json time_or_null(const std::optional<TimePoint>& time) {
    return time ? Json(format_time(*time)) : Json();
}

ExitRecord parse_exit(const Json& json) {
    return {
        json_read::text(json, "daemon"),
        json_read::text(json, "pod"),
        json_read::text(json, "container"),
        json_read::text(json, "containerID"),
        static_cast<int>(json_read::integer(json, "exitCode")),
        json_read::boolean(json, "oomKilled"),
        json_read::text(json, "error"),
        json_read::time(json, "startedAt"),
        json_read::time(json, "finishedAt"),
        json_read::text(json, "lastLines")};
}

std::vector<ExitRecord> read_exits(const fs::path& path) {
    const auto json = Json::parse(read_file_or_empty(path), nullptr, false);
    std::vector<ExitRecord> records;
    if (!json.is_array()) return records;
    for (const auto& record : json) records.push_back(parse_exit(record));
    return records;
}

/// Names may be long and hold a slash, so the file is named by a digest.
std::string exit_file_name(const ExitRecord& record) {
    return sha256_hex(record.daemon + "\n" + record.container).substr(0, 32) + ".json";
}

std::vector<fs::path> exit_files(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code none;  // a folder that is not there holds no records
    for (const auto& entry : fs::directory_iterator(folder, none)) {
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    }
    return files;
}

}  // namespace

Json exit_to_json(const ExitRecord& record) {
    return {
        {"daemon", record.daemon},
        {"pod", record.pod},
        {"container", record.container},
        {"containerID", record.container_id},
        {"exitCode", record.exit_code},
        {"oomKilled", record.oom_killed},
        {"error", record.error},
        {"startedAt", time_or_null(record.started)},
        {"finishedAt", time_or_null(record.finished)},
        {"lastLines", record.last_lines}};
}

ExitRecord make_exit_record(const Pod& pod, const ContainerState& state) {
    ExitRecord record;
    record.daemon = pod.namespace_name + "/" + (pod.controller.empty() ? pod.name : pod.controller);
    record.pod = pod.name;
    record.container = state.label(label::kContainerName);
    record.container_id = state.id;
    record.exit_code = state.exit_code;
    record.oom_killed = state.oom_killed;
    record.error = state.error;
    record.started = state.started;
    record.finished = state.finished;
    return record;
}

std::string describe_exit(const ExitRecord& record) {
    constexpr int kSignalBase = 128;
    constexpr int kHighestSignal = 64;
    auto text = fmt::format("exit code {}", record.exit_code);
    const int signal = record.exit_code - kSignalBase;
    if (signal > 0 && signal <= kHighestSignal) text += fmt::format(" (signal {})", signal);
    if (record.oom_killed) text += ", out of memory";
    if (!record.error.empty()) text += ", " + record.error;
    return text;
}

std::string tail_of(std::string text, std::size_t bytes) {
    if (text.size() > bytes) {
        text.erase(0, text.size() - bytes);
        if (const auto line = text.find('\n'); line != std::string::npos && line + 1 < text.size())
            text.erase(0, line + 1);
    }
    // What is no UTF-8 becomes the replacement character.
    return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace))
        .get<std::string>();
}

Result<void> BlackBox::open() {
    if (auto made = make_private_directory(folder_); !made) return made;
    for (const auto& record : read(folder_)) known_.insert(record.container_id);
    return Ok();
}

Result<void> BlackBox::record(const ExitRecord& record) {
    known_.insert(record.container_id);
    const auto path = folder_ / exit_file_name(record);
    Json kept = Json::array({exit_to_json(record)});
    for (const auto& earlier : read_exits(path)) {
        if (kept.size() < kKeptExits) {
            kept.push_back(exit_to_json(earlier));
        } else {
            known_.erase(earlier.container_id);
        }
    }
    if (auto written = write_private_file(path, kept.dump()); !written) return written;
    drop_oldest_files();
    return Ok();
}

void BlackBox::drop_oldest_files() {
    auto files = exit_files(folder_);
    if (files.size() <= kKeptFiles) return;
    std::error_code ignored;
    std::sort(files.begin(), files.end(), [&](const auto& a, const auto& b) {
        return fs::last_write_time(a, ignored) > fs::last_write_time(b, ignored);
    });
    for (std::size_t i = kKeptFiles; i < files.size(); ++i) {
        for (const auto& gone : read_exits(files[i])) known_.erase(gone.container_id);
        fs::remove(files[i], ignored);
    }
}

std::vector<ExitRecord> BlackBox::read(const fs::path& folder) {
    std::vector<ExitRecord> records;
    for (const auto& file : exit_files(folder)) {
        for (auto& record : read_exits(file)) records.push_back(std::move(record));
    }
    std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
        return a.finished > b.finished;
    });
    return records;
}

std::vector<ExitRecord> BlackBox::records(const std::string& daemon) const {
    auto records = read(folder_);
    std::erase_if(records, [&](const ExitRecord& record) {
        return !daemon.empty() && record.daemon != daemon;
    });
    return records;
}

}  // namespace picket::nodeagent
