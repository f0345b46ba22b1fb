#pragma once
#include "common/http/message.hpp"
#include "nodeagent/runtime/command_stream.hpp"
#include "nodeagent/runtime/docker_log_frames.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <string>

namespace picket::nodeagent {

/// A connection that the engine has handed over for exec or attach.
class DockerCommand final : public CommandStream {
public:
    struct Calls {
        std::function<Awaitable<Result<void>>(int width, int height)> resize;
        std::function<Awaitable<Result<int>>()> exit_code;
        std::function<Awaitable<>()> hang_up;
    };
    DockerCommand(std::unique_ptr<http::ByteStream> bytes, bool tty, Calls calls);

    Awaitable<Result<CommandOutput>> next() override;
    Awaitable<Result<void>> write(std::string bytes) override;
    Awaitable<> close_input() override;
    Awaitable<Result<void>> resize(int width, int height) override;
    Awaitable<Result<int>> exit_code() override;
    Awaitable<> hang_up() override;

private:
    std::unique_ptr<http::ByteStream> bytes_;
    bool tty_;
    Calls calls_;
    DockerLogFrames frames_;
    std::deque<CommandOutput> ready_;
};

}  // namespace picket::nodeagent
