#include "tests/support/child_process.hpp"

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace picket::testing {
namespace {

[[noreturn]] void become(const std::vector<std::string>& command, const std::string& log) {
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments.front(), arguments.data());
    std::_Exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& command, const std::string& log)
    : pid_(::fork()) {
    if (pid_ < 0) throw std::runtime_error("cannot start " + command.front());
    if (pid_ == 0) become(command, log);
}

ChildProcess::~ChildProcess() {
    end();
}

void ChildProcess::signal(int number) {
    if (running()) ::kill(pid_, number);
}

int ChildProcess::end(int signal) {
    if (!gone_) {
        ::kill(pid_, signal);
        ::waitpid(pid_, &status_, 0);
        gone_ = true;
    }
    return status_;
}

bool ChildProcess::running() {
    gone_ = gone_ || ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return !gone_;
}

std::size_t ChildProcess::pss_kib() const {
    std::ifstream rollup("/proc/" + std::to_string(pid_) + "/smaps_rollup");
    std::size_t kib = 0;
    for (std::string word; rollup >> word;) {
        if (word == "Pss:") {
            rollup >> kib;
            break;
        }
    }
    return kib;
}

double ChildProcess::cpu_seconds() const {
    std::ifstream stat("/proc/" + std::to_string(pid_) + "/stat");
    const std::vector<std::string> words(std::istream_iterator<std::string>(stat), {});
    if (words.size() < 15) return 0;
    return static_cast<double>(std::stol(words[13]) + std::stol(words[14])) /
           static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace picket::testing
