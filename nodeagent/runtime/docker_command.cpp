#include "nodeagent/runtime/docker_command.hpp"

#include <utility>

namespace picket::nodeagent {

DockerCommand::DockerCommand(std::unique_ptr<http::ByteStream> bytes, bool tty, Calls calls)
    : bytes_(std::move(bytes)), tty_(tty), calls_(std::move(calls)) {}

Awaitable<Result<CommandOutput>> DockerCommand::next() {
    std::string buffer;
    while (ready_.empty()) {
        buffer.resize(32U << 10U);
        const auto size = co_await bytes_->read_some(buffer);
        if (!size) co_return size.error();
        if (*size == 0) co_return CommandOutput{};
        buffer.resize(*size);
        if (tty_) co_return CommandOutput{false, std::move(buffer)};
        frames_.feed(buffer, [this](std::uint8_t stream, std::string_view bytes) {
            const bool errors = stream == DockerLogFrames::kStandardError;
            if (ready_.empty() || ready_.back().errors != errors) ready_.push_back({errors, {}});
            ready_.back().bytes += bytes;
        });
    }
    auto output = std::move(ready_.front());
    ready_.pop_front();
    co_return output;
}

Awaitable<Result<void>> DockerCommand::write(std::string bytes) {
    return bytes_->write(std::move(bytes));
}

Awaitable<> DockerCommand::close_input() {
    return bytes_->close_write();
}

Awaitable<Result<void>> DockerCommand::resize(int width, int height) {
    return calls_.resize(width, height);
}

Awaitable<Result<int>> DockerCommand::exit_code() {
    return calls_.exit_code();
}

Awaitable<> DockerCommand::hang_up() {
    if (tty_ && calls_.hang_up) co_await calls_.hang_up();
}

}  // namespace picket::nodeagent
