#pragma once
/// The engine's endless answers.
#include "common/async/loop_clock.hpp"
#include "common/http/client.hpp"
#include "nodeagent/runtime/docker_log_frames.hpp"
#include "nodeagent/runtime/runtime.hpp"

#include <memory>

namespace picket::nodeagent {

class DockerLogStream final : public LogStream {
public:
    DockerLogStream(std::unique_ptr<http::StreamingResponse> response, bool tty);
    Awaitable<Result<std::string>> next(std::chrono::milliseconds timeout) override;

private:
    std::unique_ptr<http::StreamingResponse> response_;
    bool tty_;
    DockerLogFrames frames_;
};

class DockerEvents final : public RuntimeEvents {
public:
    explicit DockerEvents(std::unique_ptr<http::StreamingResponse> response);
    Awaitable<Result<std::optional<RuntimeEvent>>> next() override;

private:
    std::unique_ptr<http::StreamingResponse> response_;
};

/// Closes a byte stream when its time is over; the pending read then returns. Must not outlive the
/// stream.
class StreamDeadline {
public:
    StreamDeadline(
        boost::asio::any_io_executor executor,
        http::ByteStream& stream,
        std::chrono::milliseconds timeout);
    ~StreamDeadline();
    StreamDeadline(const StreamDeadline&) = delete;
    StreamDeadline& operator=(const StreamDeadline&) = delete;
    [[nodiscard]] bool passed() const { return state_->passed; }

private:
    /// Shared with the timer's handler, which may already be queued when this object goes.
    struct State {
        http::ByteStream* stream;
        bool passed = false;
    };
    std::shared_ptr<State> state_;
    Timer timer_;
};

}  // namespace picket::nodeagent
