#include "cli/commands/agent_subcommands.hpp"
#include "cli/duration.hpp"
#include "cli/paths.hpp"
#include "common/base/file_descriptor.hpp"
#include "nodeagent/local/data_dir_lock.hpp"
#include "nodeagent/order/readiness.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace picket::cli {
namespace {

using namespace std::chrono_literals;

struct WaitReadyOptions {
    std::string data_dir = kDefaultAgentDir;
    std::chrono::milliseconds timeout{300'000};
    bool quiet = false;
};

/// Wakes when a file of the data dir changes; after a second in any case, since the agent's lock
/// makes no event and the folder may not be there yet.
class DataDirWatch {
public:
    explicit DataDirWatch(const std::string& data_dir)
        : data_dir_(data_dir), notices_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {}

    void wait(std::chrono::milliseconds longest) {
        if (notices_.valid())
            ::inotify_add_watch(notices_.get(), data_dir_.c_str(), IN_MOVED_TO | IN_DELETE);
        pollfd wanted{notices_.get(), POLLIN, 0};
        ::poll(
            &wanted, 1, static_cast<int>(std::min<std::chrono::milliseconds>(longest, 1s).count()));
        char events[4096];
        while (notices_.valid() && ::read(notices_.get(), events, sizeof events) > 0) {
        }
    }

private:
    std::string data_dir_;
    FileDescriptor notices_;
};

/// One line per thing that is waited for; empty when the host is ready.
std::vector<std::string> waited_for(const std::string& data_dir) {
    if (!nodeagent::DataDirLock::is_held(data_dir))
        return {fmt::format("no agent runs on {}", data_dir)};
    const auto host = nodeagent::read_readiness(data_dir);
    if (!host || !host->known) return {"the agent does not know yet what this host should run"};
    std::vector<std::string> lines;
    for (const auto& pod : host->pods) {
        if (!pod.ready) lines.push_back(fmt::format("{}: {}", pod.pod, pod.why));
    }
    return lines;
}

Result<int> wait_ready(const WaitReadyOptions& options) {
    const auto deadline = std::chrono::steady_clock::now() + options.timeout;
    DataDirWatch watch(options.data_dir);
    std::vector<std::string> told;
    while (true) {
        auto lines = waited_for(options.data_dir);
        if (lines.empty()) {
            const auto host = nodeagent::read_readiness(options.data_dir);
            if (!options.quiet)
                fmt::print("ready: {} pods\n", host ? host->pods.size() : std::size_t{0});
            return kDone;
        }
        if (!options.quiet && lines != told) {
            for (const auto& line : lines) fmt::print("waiting for {}\n", line);
            std::fflush(stdout);
        }
        told = std::move(lines);
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
            deadline - std::chrono::steady_clock::now());
        if (left <= 0ms) {
            return Error{
                Reason::Timeout, fmt::format("not ready in time: {}", fmt::join(told, "; "))};
        }
        watch.wait(left);
    }
}

}  // namespace

Action define_agent_wait_ready(CLI::App& app) {
    const auto options = std::make_shared<WaitReadyOptions>();
    app.add_option("--data-dir", options->data_dir, "data dir of the agent")->type_name("DIR");
    add_duration_option(app, "--timeout", options->timeout, "how long to wait; 5m by default");
    app.add_flag("-q,--quiet", options->quiet, "print nothing while waiting");
    return [options] { return wait_ready(*options); };
}

}  // namespace picket::cli
