#pragma once
#include "common/base/clock.hpp"
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "nodeagent/pod/pod.hpp"
#include "nodeagent/runtime/container_state.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// How a container of a daemon ended.
struct ExitRecord {
    std::string daemon;  ///< "namespace/name" of the DaemonSet, or of the pod that nothing made
    std::string pod;
    std::string container;
    std::string container_id;
    int exit_code = 0;
    bool oom_killed = false;
    std::string error = {};  ///< the engine's words when it could not start
    std::optional<TimePoint> started = {};
    std::optional<TimePoint> finished = {};
    std::string last_lines = {};
};

[[nodiscard]] Json exit_to_json(const ExitRecord& record);
[[nodiscard]] ExitRecord make_exit_record(const Pod& pod, const ContainerState& state);
/// "exit code 137 (signal 9), out of memory".
[[nodiscard]] std::string describe_exit(const ExitRecord& record);
/// The end of a text that fits into `bytes`, from the beginning of a line where there is one, as
/// valid UTF-8.
[[nodiscard]] std::string tail_of(std::string text, std::size_t bytes);

/// The last exits of each daemon's containers, below `<data dir>/exits`, readable when container
/// and pod are gone. Bounded: 10 exits per container, 4 KiB of last lines each, 200 containers.
class BlackBox {
public:
    static constexpr std::size_t kKeptExits = 10;
    static constexpr std::size_t kKeptFiles = 200;
    static constexpr std::size_t kKeptBytes = 4'096;
    static constexpr int kKeptLines = 20;

    explicit BlackBox(std::filesystem::path folder) : folder_(std::move(folder)) {}

    Result<void> open();
    [[nodiscard]] bool knows(const std::string& container_id) const {
        return known_.contains(container_id);
    }
    Result<void> record(const ExitRecord& record);

    /// The records that are kept now, the newest first; of one daemon, unless `daemon` is empty.
    [[nodiscard]] std::vector<ExitRecord> records(const std::string& daemon) const;
    /// All records of a folder, the newest first.
    [[nodiscard]] static std::vector<ExitRecord> read(const std::filesystem::path& folder);

private:
    void drop_oldest_files();

    std::filesystem::path folder_;
    std::set<std::string> known_;
};

}  // namespace picket::nodeagent
