/// Commands in containers, and their streams.
#include "common/async/timing.hpp"
#include "nodeagent/runtime/docker_calls.hpp"
#include "nodeagent/runtime/docker_command.hpp"
#include "nodeagent/runtime/docker_log_frames.hpp"
#include "nodeagent/runtime/docker_messages.hpp"
#include "nodeagent/runtime/docker_runtime.hpp"
#include "nodeagent/runtime/docker_streams.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <iterator>
#include <unistd.h>
#include <utility>

namespace picket::nodeagent {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMaxExecOutput = 16U << 10U;
/// A command may close its output and go on; how often its end is looked for grows with its age.
constexpr std::chrono::milliseconds kFirstExitLook = 10ms;
constexpr std::chrono::milliseconds kLastExitLook = 2s;

bool is_in_container(int pid, const std::string& container_id) {
    std::ifstream groups(fmt::format("/proc/{}/cgroup", pid));
    const std::string text(std::istreambuf_iterator<char>(groups), {});
    return text.find(container_id) != std::string::npos;
}

Error timed_out() {
    return Error{.reason = Reason::Timeout, .message = "command timed out"};
}

std::string attach_query(const CommandRequest& request) {
    return fmt::format(
        "?stream=1&stdin={:d}&stdout={:d}&stderr={:d}",
        request.input,
        request.output,
        request.errors || (request.tty && request.output));
}

}  // namespace

Awaitable<Result<std::string>> DockerRuntime::create_exec(std::string id, CommandRequest request) {
    const Json body = {
        {"AttachStdin", request.input},
        {"AttachStdout", request.output},
        {"AttachStderr", request.errors},
        {"Tty", request.tty},
        {"Cmd", request.command}};
    auto created =
        co_await call(http::Method::Post, container_path(id, "/exec"), body.dump(), kQuickCall);
    if (!created) co_return created.error();
    const auto json = Json::parse(*created, nullptr, false);
    if (!json.is_object() || !json.contains("Id")) co_return not_json("/exec");
    co_return json["Id"].get<std::string>();
}

Awaitable<Result<std::unique_ptr<http::ByteStream>>> DockerRuntime::hijack(
    std::string path, std::string body) {
    auto stream = co_await client_.upgrade(
        make_request(http::Method::Post, path, std::move(body)), "tcp", kQuickCall);
    if (stream) co_return stream;
    const auto& error = stream.error();
    co_return error.message.starts_with('{')
        ? docker_error(http_status(error.reason), error.message)
        : error;
}

Awaitable<Result<std::unique_ptr<http::ByteStream>>> DockerRuntime::start_exec(
    std::string exec_id, bool tty) {
    const Json body = {{"Detach", false}, {"Tty", tty}};
    return hijack("/exec/" + exec_id + "/start", body.dump());
}

Awaitable<Result<int>> DockerRuntime::exec_exit_code(
    std::string exec_id, LoopClock::time_point deadline) {
    for (auto pause = kFirstExitLook;; pause = std::min(pause * 2, kLastExitLook)) {
        auto state = co_await get_json("/exec/" + exec_id + "/json");
        if (!state) co_return state.error();
        const auto code = state->find("ExitCode");
        if (code != state->end() && code->is_number_integer()) co_return code->get<int>();
        if (!state->value("Running", false)) co_return -1;
        if (LoopClock::now() >= deadline) co_return timed_out();
        co_await sleep_for(pause);
    }
}

// The engine cannot signal what it started with exec. Its process id is of the engine's host: it is
// used only if that process is seen to be in this container.
Awaitable<int> DockerRuntime::process_of_exec(std::string exec_id, std::string container_id) {
    const auto state = co_await get_json("/exec/" + exec_id + "/json");
    if (!state || !state->value("Running", false)) co_return 0;
    const auto pid = state->value("Pid", 0);
    co_return pid > 0 && is_in_container(pid, container_id) ? pid : 0;
}

Awaitable<> DockerRuntime::hang_up_exec(std::string exec_id, std::string container_id) {
    const auto pid = co_await process_of_exec(std::move(exec_id), std::move(container_id));
    if (pid > 0) ::kill(pid, SIGHUP);
}

// Or a probe that hangs would leave one more process at every turn.
Awaitable<> DockerRuntime::kill_exec(std::string exec_id, std::string container_id) {
    const auto pid = co_await process_of_exec(std::move(exec_id), std::move(container_id));
    if (pid <= 0) co_return;
    // With what it has started itself.
    const bool leads_group = ::getpgid(pid) == pid;
    ::kill(leads_group ? -pid : pid, SIGKILL);
}

Awaitable<Result<void>> DockerRuntime::resize(std::string path, int width, int height) {
    auto done = co_await call(
        http::Method::Post, fmt::format("{}?w={}&h={}", path, width, height), {}, kQuickCall);
    if (!done) co_return done.error();
    co_return Ok();
}

Awaitable<Result<std::unique_ptr<CommandStream>>> DockerRuntime::open_exec(
    std::string id, CommandRequest request) {
    const bool tty = request.tty;
    const auto exec_id = co_await create_exec(id, std::move(request));
    if (!exec_id) co_return exec_id.error();
    auto bytes = co_await start_exec(*exec_id, tty);
    if (!bytes) co_return bytes.error();
    co_return std::make_unique<DockerCommand>(
        std::move(*bytes),
        tty,
        DockerCommand::Calls{
            [this, path = "/exec/" + *exec_id + "/resize"](int width, int height) {
                return resize(path, width, height);
            },
            [this, exec = *exec_id] { return exec_exit_code(exec, LoopClock::time_point::max()); },
            [this, exec = *exec_id, id] { return hang_up_exec(exec, id); }});
}

Awaitable<Result<std::unique_ptr<CommandStream>>> DockerRuntime::attach(
    std::string id, CommandRequest request) {
    auto container = co_await inspect(id);
    if (!container) co_return container.error();
    request.tty = container->tty;
    auto bytes = co_await hijack(container_path(id, "/attach") + attach_query(request), {});
    if (!bytes) co_return bytes.error();
    // The engine lets one attach to a container that has ended, and then says nothing for ever.
    const auto now = co_await inspect(id);
    if (!now) co_return now.error();
    if (!now->running()) co_return Error{Reason::BadRequest, "the container does not run any more"};
    struct Ended {
        static Awaitable<Result<int>> code() { co_return 0; }
    };
    co_return std::make_unique<DockerCommand>(
        std::move(*bytes),
        container->tty,
        DockerCommand::Calls{
            [this, path = container_path(id, "/resize")](int width, int height) {
                return resize(path, width, height);
            },
            [] { return Ended::code(); },
            {}});
}

Awaitable<Result<ContainerUsage>> DockerRuntime::usage(std::string id) {
    auto json = co_await get_json(container_path(id, "/stats?stream=false&one-shot=true"));
    if (!json) co_return json.error();
    co_return parse_usage(*json);
}

Awaitable<Result<ExecResult>> DockerRuntime::exec(
    std::string id, std::vector<std::string> command, std::chrono::milliseconds timeout) {
    auto exec_id =
        co_await create_exec(id, {.command = std::move(command), .output = true, .errors = true});
    if (!exec_id) co_return exec_id.error();
    auto result = co_await run_exec(*exec_id, timeout);
    if (!result && result.error().reason == Reason::Timeout)
        co_await kill_exec(std::move(*exec_id), std::move(id));
    co_return result;
}

Awaitable<Result<ExecResult>> DockerRuntime::run_exec(
    std::string exec_id, std::chrono::milliseconds timeout) {
    auto stream = co_await start_exec(exec_id, false);
    if (!stream) co_return stream.error();
    const auto deadline = LoopClock::now() + timeout;
    auto output = co_await read_output(std::move(*stream), timeout);
    if (!output) co_return output.error();
    auto code = co_await exec_exit_code(std::move(exec_id), deadline);
    if (!code) co_return code.error();
    co_return ExecResult{.exit_code = *code, .output = std::move(*output)};
}

Awaitable<Result<std::string>> DockerRuntime::read_output(
    std::unique_ptr<http::ByteStream> stream, std::chrono::milliseconds timeout) {
    StreamDeadline deadline(executor_, *stream, timeout);
    std::vector<char> buffer(4096);
    DockerLogFrames frames;
    std::string output;
    while (true) {
        auto count = co_await stream->read_some(buffer);
        if (deadline.passed()) co_return timed_out();
        if (!count) co_return count.error();
        if (*count == 0) co_return output;
        output += frames.feed({buffer.data(), *count});
        if (output.size() > kMaxExecOutput) output.resize(kMaxExecOutput);
    }
}

}  // namespace picket::nodeagent
