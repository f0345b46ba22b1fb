#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace picket::nodeagent {

/// Which streams of a command somebody wants, as exec and attach ask for them.
struct CommandRequest {
    std::vector<std::string> command = {};  ///< attach: none
    bool input = false;
    bool output = false;
    bool errors = false;
    bool tty = false;  ///< then output and errors are one
};

struct CommandOutput {
    bool errors = false;  ///< of the standard error stream
    std::string bytes = {};
};

/// A command that runs in a container, or the container's own main process, with somebody at the
/// other end. Closed when destroyed; that stops neither. One coroutine may read while another
/// writes.
class CommandStream {
public:
    virtual ~CommandStream() = default;
    /// The next output; without bytes at the end.
    virtual Awaitable<Result<CommandOutput>> next() = 0;
    /// Waits until the engine has taken the bytes.
    virtual Awaitable<Result<void>> write(std::string bytes) = 0;
    /// Nothing more will be typed.
    virtual Awaitable<> close_input() = 0;
    virtual Awaitable<Result<void>> resize(int width, int height) = 0;
    /// After the end of the output: waits for the end of the command. An attached container has
    /// none of its own: 0.
    virtual Awaitable<Result<int>> exit_code() = 0;
    /// Whoever sat at its terminal has gone: tells a command that was started with one, as the
    /// kernel does when a line hangs up. Other commands go on.
    virtual Awaitable<> hang_up() = 0;
};

/// What a container has used up to now.
struct ContainerUsage {
    std::int64_t cpu_nanoseconds = 0;  ///< of all its cores, since it started
    std::int64_t memory_bytes = 0;
    std::int64_t working_set_bytes = 0;  ///< without what the kernel could drop at once
    std::int64_t rss_bytes = 0;
    std::int64_t cache_bytes = 0;
    std::int64_t memory_limit_bytes = 0;
    std::int64_t received_bytes = 0;  ///< of its own network; 0 for a joined one
    std::int64_t sent_bytes = 0;
    std::int64_t pids = 0;
};

}  // namespace picket::nodeagent
