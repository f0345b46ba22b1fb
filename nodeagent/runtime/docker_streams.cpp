#include "nodeagent/runtime/docker_streams.hpp"

#include "nodeagent/runtime/docker_messages.hpp"

namespace picket::nodeagent {
namespace {

/// A dead engine closes its socket, one that hangs says nothing, and neither does an idle one.
/// After this the events are asked for anew, which tells them apart.
constexpr std::chrono::minutes kQuietEvents{2};

}  // namespace

DockerLogStream::DockerLogStream(std::unique_ptr<http::StreamingResponse> response, bool tty)
    : response_(std::move(response)), tty_(tty) {}

Awaitable<Result<std::string>> DockerLogStream::next(std::chrono::milliseconds timeout) {
    while (true) {
        auto piece = co_await response_->read_some(timeout);
        if (!piece || piece->empty() || tty_) co_return piece;
        // A piece may hold no more than part of a frame's header; empty would mean the end.
        if (auto payload = frames_.feed(*piece); !payload.empty()) co_return payload;
    }
}

DockerEvents::DockerEvents(std::unique_ptr<http::StreamingResponse> response)
    : response_(std::move(response)) {}

Awaitable<Result<std::optional<RuntimeEvent>>> DockerEvents::next() {
    while (true) {
        auto line = co_await response_->read_line(kQuietEvents);
        if (!line && line.error().reason == Reason::Timeout)
            co_return std::optional<RuntimeEvent>();
        if (!line) co_return line.error();
        if (!*line) co_return std::optional<RuntimeEvent>();
        if (auto event = parse_event_line(**line)) co_return event;
    }
}

StreamDeadline::StreamDeadline(
    boost::asio::any_io_executor executor,
    http::ByteStream& stream,
    std::chrono::milliseconds timeout)
    : state_(std::make_shared<State>(State{&stream})), timer_(executor, timeout) {
    timer_.async_wait([state = state_](boost::system::error_code error) {
        if (error || state->stream == nullptr) return;
        state->passed = true;
        state->stream->close();
    });
}

StreamDeadline::~StreamDeadline() {
    state_->stream = nullptr;
}

}  // namespace picket::nodeagent
