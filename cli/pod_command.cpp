#include "cli/pod_command.hpp"

#include "cli/pod_argument.hpp"
#include "cli/terminal.hpp"
#include "common/api/command_status.hpp"
#include "common/async/timing.hpp"
#include "common/client/pod_command.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <csignal>
#include <optional>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace picket::cli {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using http::Channel;
using Remote = client::PodCommand;

constexpr std::chrono::seconds kPingEvery{5};
constexpr std::size_t kInputStep = 32U << 10U;
constexpr int kSignalBase = 128;

std::string command_path(const Json& pod, const CommandInPod& command) {
    std::string path = pod_target(pod, command.subresource).path();
    const auto flag = [](bool set) { return set ? "true" : "false"; };
    path += fmt::format(
        "?container={}&stdin={}&stdout=true&stderr={}&tty={}",
        http::url_encode(command.container),
        flag(command.input),
        flag(!command.tty),
        flag(command.tty));
    for (const auto& word : command.words) path += "&command=" + http::url_encode(word);
    return path;
}

/// Blocks as long as the reader of the output does: it holds the command up.
bool write_all(int descriptor, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto size = ::write(descriptor, bytes.data(), bytes.size());
        if (size > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(size));
        } else if (errno == EAGAIN) {
            pollfd waiting{descriptor, POLLOUT, 0};
            poll(&waiting, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

bool is_regular_file(int descriptor) {
    struct stat facts {};
    return fstat(descriptor, &facts) == 0 && S_ISREG(facts.st_mode);
}

/// Reads only when something is there, so that the descriptor need not be made non-blocking: it may
/// be shared with the shell.
class Input {
public:
    Input(boost::asio::any_io_executor executor, int descriptor)
        : descriptor_(descriptor), waiter_(executor) {
        if (!is_regular_file(descriptor)) waiter_.assign(dup(descriptor));
    }
    /// Empty at the end.
    Awaitable<std::string> next() {
        if (waiter_.is_open())
            co_await waiter_.async_wait(
                boost::asio::posix::stream_descriptor::wait_read, use_awaitable);
        std::string bytes(kInputStep, '\0');
        const auto size = ::read(descriptor_, bytes.data(), bytes.size());
        bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
        co_return bytes;
    }

private:
    int descriptor_;
    boost::asio::posix::stream_descriptor waiter_;
};

Awaitable<> keep_alive(Remote* remote) {
    while (true) {
        co_await sleep_for(kPingEvery);
        // Whether the connection has ended is for the reader to say.
        (void)co_await remote->ping();
    }
}

/// Does not end by itself: the command's end ends it.
Awaitable<> pass_input(Remote* remote, int descriptor) {
    const auto executor = co_await boost::asio::this_coro::executor;
    Input input(executor, descriptor);
    while (true) {
        auto bytes = co_await input.next();
        if (bytes.empty()) break;
        const auto sent = co_await remote->send(std::move(bytes));
        if (!sent) break;
    }
    (void)co_await remote->end_input();
    Notification never(executor);
    co_await never.wait();
}

Awaitable<> pass_sizes(Remote* remote, int descriptor) {
    boost::asio::signal_set changed(co_await boost::asio::this_coro::executor, SIGWINCH);
    while (true) {
        const auto size = terminal_size(descriptor);
        if (size.width > 0) (void)co_await remote->resize(size.width, size.height);
        co_await changed.async_wait(use_awaitable);
    }
}

Awaitable<> pass_all_input(Remote* remote, CommandInPod command) {
    Notification never(co_await boost::asio::this_coro::executor);
    if (command.input && command.tty) {
        co_await (
            pass_input(remote, command.input_descriptor) ||
            pass_sizes(remote, command.input_descriptor) || keep_alive(remote));
    } else if (command.input) {
        co_await (pass_input(remote, command.input_descriptor) || keep_alive(remote));
    } else {
        co_await keep_alive(remote);
    }
}

Awaitable<Result<int>> pass_output(Remote* remote, int output) {
    while (true) {
        auto frame = co_await remote->receive();
        if (!frame) co_return frame.error();
        if (!*frame)
            co_return Error{
                Reason::ServiceUnavailable, "the connection ended before the command did"};
        const auto& [channel, bytes] = **frame;
        if (channel == Channel::Status) co_return exit_code_of(Json::parse(bytes, nullptr, false));
        const bool errors = channel == Channel::Stderr;
        if (!write_all(errors ? STDERR_FILENO : output, bytes)) co_return kFailed;
    }
}

Awaitable<int> wait_for_end_signal() {
    boost::asio::signal_set signals(
        co_await boost::asio::this_coro::executor, SIGINT, SIGTERM, SIGHUP);
    co_return co_await signals.async_wait(use_awaitable);
}

Awaitable<Result<int>> converse(std::unique_ptr<Remote> remote, CommandInPod command) {
    auto ended = co_await (
        pass_output(remote.get(), command.output_descriptor) || wait_for_end_signal() ||
        pass_all_input(remote.get(), command));
    if (ended.index() == 1) {
        remote->abort();
        co_return kSignalBase + std::get<1>(ended);
    }
    co_await remote->close();
    if (ended.index() == 0) co_return std::get<0>(std::move(ended));
    co_return kFailed;
}

}  // namespace

Result<int> run_in_pod(Session& session, const Json& pod, CommandInPod command) {
    std::signal(SIGPIPE, SIG_IGN);
    auto remote = session.wait(Remote::open(session.api(), command_path(pod, command)));
    if (!remote) return session.explain(remote.error());
    std::optional<RawTerminal> raw;
    if (command.tty) raw.emplace(command.input_descriptor);
    return session.wait(converse(std::move(*remote), std::move(command)));
}

}  // namespace picket::cli
