#pragma once
#include "common/base/result.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace picket::cli {

/// A program of this machine with one end of a pipe to it. Waited for when destroyed.
class ChildProcess {
public:
    enum class Pipe { FromOutput, ToInput };
    static Result<std::unique_ptr<ChildProcess>> start(std::vector<std::string> words, Pipe pipe);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Our end of the pipe.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// Closes our end, and returns the program's exit code.
    int finish();

private:
    ChildProcess(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor) {}

    pid_t pid_;
    int descriptor_;
};

}  // namespace picket::cli
