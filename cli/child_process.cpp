#include "cli/child_process.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

extern char** environ;  // NOLINT: C's own

namespace picket::cli {
namespace {

Error cannot_run(const std::string& program, int error) {
    return {
        Reason::InternalError,
        fmt::format("cannot run {}: {}", program, std::generic_category().message(error))};
}

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(
    std::vector<std::string> words, Pipe pipe) {
    int ends[2] = {-1, -1};
    if (pipe2(ends, O_CLOEXEC) != 0) return cannot_run(words.front(), errno);
    const bool reads = pipe == Pipe::FromOutput;
    const int ours = reads ? ends[0] : ends[1];
    const int theirs = reads ? ends[1] : ends[0];
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, theirs, reads ? STDOUT_FILENO : STDIN_FILENO);
    pid_t pid = 0;
    const int error =
        posix_spawnp(&pid, arguments.front(), &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(theirs);
    if (error != 0) {
        close(ours);
        return cannot_run(words.front(), error);
    }
    return std::unique_ptr<ChildProcess>(new ChildProcess(pid, ours));
}

ChildProcess::~ChildProcess() {
    if (pid_ > 0) finish();
}

int ChildProcess::finish() {
    close(descriptor_);
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace picket::cli
