#include "nodeagent/local/data_dir_lock.hpp"

#include "common/base/file_lock.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace picket::nodeagent {

Result<void> DataDirLock::acquire(const std::string& data_dir, std::chrono::milliseconds patience) {
    const auto path = data_dir + "/lock";
    lock_ = FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (lock_.valid() && lock_file(lock_.get(), patience)) return Ok();
    if (lock_.valid() && errno == EWOULDBLOCK) {
        return Error{
            .reason = Reason::Conflict,
            .message = fmt::format("another agent is using the data dir {}", data_dir)};
    }
    return Error{
        .reason = Reason::InternalError,
        .message = fmt::format("cannot lock {}: {}", path, std::strerror(errno))};
}

// A shared lock, so that two who look do not take each other for an agent.
bool DataDirLock::is_held(const std::string& data_dir) {
    const auto path = data_dir + "/lock";
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file.valid() && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace picket::nodeagent
