#pragma once
#include "common/base/file_descriptor.hpp"

#include <deque>
#include <string>
#include <string_view>

namespace picket::nodeagent {

/// The id of the container (64 hex digits) that a record of the kernel's log names as the home of a
/// process killed for want of memory, or "". The line is the kernel's since 5.0:
/// `oom-kill:constraint=…,task_memcg=/docker/<id>,task=…` (with systemd `…/docker-<id>.scope`).
std::string_view oom_killed_container(std::string_view record);

/// Which containers the kernel has killed a process of, from its own log. The engine hears of such
/// a kill on another path than of the container's end; on a busy host the end comes first and its
/// `OOMKilled` stays false. The kernel writes the record before it sends the signal, so it is there
/// for whoever has seen the end. Not thread-safe. A log that may not be read tells nothing.
class KernelOomKills {
public:
    explicit KernelOomKills(std::string path = "/dev/kmsg");

    /// Reads what the log has got since the last call; never blocks. The last thousand are known.
    bool killed(const std::string& container_id);

private:
    void read_new_records();

    std::string path_;
    FileDescriptor log_;
    std::deque<std::string> containers_;  ///< the last of them, oldest first
};

}  // namespace picket::nodeagent
