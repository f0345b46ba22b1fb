#include "cli/process.hpp"

#include "cli/command.hpp"
#include "common/base/log.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <optional>
#include <sys/resource.h>

namespace picket::cli {
namespace {

/// One run of a process, from the first start to the last stop.
class ProcessRun {
public:
    ProcessRun(boost::asio::io_context& loop, std::vector<Part> parts)
        : signals_(loop, SIGTERM, SIGINT), parts_(std::move(parts)) {}

    Awaitable<> run() {
        if (co_await start_all()) co_await wait_for_signal();
        end_at_next_signal();
        co_await stop_all();
        signals_.cancel();
    }

    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

private:
    Awaitable<bool> start_all() {
        for (Part& part : parts_) {
            auto started = co_await part.start();
            ++started_;
            if (started) continue;
            failure_ = started.error();
            co_return false;
        }
        co_return true;
    }

    Awaitable<> wait_for_signal() {
        const auto [error, number] = co_await signals_.async_wait(as_result);
        if (!error)
            logger("picket")->info("stopping signal={}", number == SIGINT ? "SIGINT" : "SIGTERM");
    }

    void end_at_next_signal() {
        signals_.async_wait([](boost::system::error_code error, int) {
            if (!error) std::_Exit(kFailed);
        });
    }

    Awaitable<> stop_all() {
        while (started_ > 0) co_await parts_[--started_].stop();
    }

    boost::asio::signal_set signals_;
    std::vector<Part> parts_;
    std::size_t started_ = 0;
    std::optional<Error> failure_;
};

/// Each host keeps connections open. The soft limit is for programs that use select(), and is too
/// small for a few hundred of them.
void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0)
        logger("picket")->warn("open files stay limited error={}", std::strerror(errno));
}

}  // namespace

Result<int> run_parts(boost::asio::io_context& loop, std::vector<Part> parts) {
    std::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    ProcessRun process(loop, std::move(parts));
    std::exception_ptr thrown;
    boost::asio::co_spawn(loop, process.run(), [&](std::exception_ptr error) {
        thrown = error;
        loop.stop();
    });
    loop.run();
    if (thrown) std::rethrow_exception(thrown);
    if (process.failure()) return *process.failure();
    return kDone;
}

void add_log_level_option(CLI::App& app) {
    const auto set = [](const std::string& level) {
        if (!set_log_level(level))
            throw CLI::ValidationError("--log-level", "\"" + level + "\" is not a level");
    };
    app.add_option_function<std::string>(
           "--log-level", set, "trace, debug, info, warn, error or off")
        ->type_name("LEVEL");
}

}  // namespace picket::cli
