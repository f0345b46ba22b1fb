#pragma once
#include <csignal>
#include <cstddef>
#include <string>
#include <sys/types.h>
#include <vector>

namespace picket::testing {

/// A program that runs while this lives; its output goes to `log`.
class ChildProcess {
public:
    ChildProcess(const std::vector<std::string>& command, const std::string& log);
    /// SIGTERM, and waits for the end.
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    /// Sends the signal and returns when the process is gone, with what waitpid says of its end.
    int end(int signal = SIGTERM);
    /// Sends it only, if the process still runs.
    void signal(int number);
    /// False once it has ended by itself.
    [[nodiscard]] bool running();

    /// Proportional set size: what this process costs the machine. 0 if it has ended.
    [[nodiscard]] std::size_t pss_kib() const;
    /// Seconds of processor time so far.
    [[nodiscard]] double cpu_seconds() const;
    [[nodiscard]] pid_t pid() const { return pid_; }

private:
    pid_t pid_;
    bool gone_ = false;
    int status_ = 0;
};

}  // namespace picket::testing
