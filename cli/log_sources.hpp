#pragma once
#include "cli/session.hpp"
#include "common/base/json.hpp"
#include "common/client/api_client.hpp"

#include <string>
#include <vector>

namespace picket::cli {

/// One container whose log is read.
struct LogSource {
    client::Target target;  ///< of the pod's log
    std::string container;
    /// "[pod/web-x2/main] ", as kubectl has it.
    [[nodiscard]] std::string prefix() const;
};
/// The named container of each pod, or all of them, those that start the pod first.
[[nodiscard]] std::vector<LogSource> log_sources(
    const Json& pods, const std::string& container, bool all_containers);

/// Prints whole lines, so that several logs do not mix; at the same time if they are followed, else
/// one after the other. What cannot be read is told, and makes the exit code 1.
[[nodiscard]] Result<int> print_logs(
    Session& session,
    const std::vector<LogSource>& sources,
    const client::Query& query,
    bool at_the_same_time,
    bool with_prefix);

}  // namespace picket::cli
