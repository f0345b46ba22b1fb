#include "apiserver/routes/control_stream.hpp"

#include "common/base/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace picket::apiserver {
namespace {

Error agent_gone() {
    return {Reason::ServiceUnavailable, "the agent's control stream has ended"};
}

std::size_t count_lines(const std::vector<http::Bytes>& pieces) {
    std::ptrdiff_t lines = 0;
    for (const auto& piece : pieces) lines += std::ranges::count(*piece, '\n');
    return static_cast<std::size_t>(lines);
}

}  // namespace

/// A watch's client: its lines go out under the name of the watch.
class ControlStream::WatchWriter final : public http::BodyWriter {
public:
    WatchWriter(ControlStream& stream, const std::string& watch) : stream_(stream), watch_(watch) {}

    Awaitable<Result<void>> write(std::vector<http::Bytes> pieces) override {
        return stream_.write(watch_, std::move(pieces));
    }

private:
    ControlStream& stream_;
    const std::string& watch_;
};

ControlStream::ControlStream(boost::asio::any_io_executor executor)
    : session_(random_secret(8)), wake_(executor), written_(executor), watches_(executor) {
    send(control_line::Session{session_});
}

void ControlStream::send(const ControlLine& line) {
    pieces_.push_back(http::bytes(text_of(line)));
    ++queued_;
    wake_.notify();
}

Result<void> ControlStream::carry(std::string watch, Body body) {
    if (closed_) return agent_gone();
    if (open_.size() >= kMaxWatches) {
        return Error{
            Reason::TooManyRequests,
            fmt::format("an agent may have {} watches at a time", kMaxWatches)};
    }
    if (!open_.insert(watch).second)
        return Error{Reason::Conflict, fmt::format("watch {} is open already", watch)};
    watches_.spawn("watch " + watch, serve(watch, std::move(body)));
    return Ok();
}

Awaitable<> ControlStream::serve(std::string watch, Body body) {
    WatchWriter writer(*this, watch);
    co_await body(writer);
    open_.erase(watch);
    if (!closed_) send(control_line::WatchEnd{watch});
}

/// Holds up the watch until its lines are on their way: a slow agent makes its watchers fall
/// behind in the store, where that is bounded, not here.
Awaitable<Result<void>> ControlStream::write(
    const std::string& watch, std::vector<http::Bytes> pieces) {
    if (closed_) co_return agent_gone();
    send(control_line::WatchLines{watch, count_lines(pieces)});
    pieces_.insert(
        pieces_.end(),
        std::make_move_iterator(pieces.begin()),
        std::make_move_iterator(pieces.end()));
    const auto mine = queued_;
    while (!closed_ && taken_ < mine) co_await written_.wait();
    if (taken_ < mine) co_return agent_gone();
    co_return Ok();
}

Awaitable<void> ControlStream::run(http::BodyWriter* writer) {
    while (!closed_) {
        if (pieces_.empty() && co_await wake_.wait_for(kTunnelKeepAlive)) continue;
        if (pieces_.empty()) pieces_.push_back(http::bytes(text_of(control_line::KeepAlive{})));
        const auto mark = queued_;
        const auto written = co_await writer->write(std::exchange(pieces_, {}));
        if (!written) co_return;
        taken_ = mark;
        written_.notify();
    }
}

void ControlStream::close() {
    closed_ = true;
    wake_.notify();
    written_.notify();
}

Awaitable<> ControlStream::stop() {
    co_await watches_.stop();
}

}  // namespace picket::apiserver
