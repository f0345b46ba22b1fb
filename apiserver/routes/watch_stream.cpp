#include "apiserver/routes/watch_stream.hpp"

#include "apiserver/routes/metrics.hpp"
#include "common/async/loop_clock.hpp"

#include <algorithm>

namespace picket::apiserver {
namespace {

constexpr std::chrono::seconds kBookmarkInterval{60};
// A long initial list goes out in parts, so that a slow client holds back no more than one of them.
constexpr std::size_t kEventsPerWrite = 500;

}  // namespace

WatchStream::WatchStream(
    Services& services, ObjectView view, std::unique_ptr<storage::Watcher> watcher, WatchPlan plan)
    : services_(services),
      view_(std::move(view)),
      watcher_(std::move(watcher)),
      plan_(std::move(plan)) {
    services_.metrics.watch_opened();
}

WatchStream::~WatchStream() {
    services_.metrics.watch_closed();
}

Awaitable<void> WatchStream::run(std::shared_ptr<WatchStream> self, http::BodyWriter* writer) {
    const auto keep_alive = std::move(self);
    const auto end = LoopClock::now() + plan_.length;
    auto next_bookmark = LoopClock::now() + kBookmarkInterval;
    auto written = co_await write_initial(writer);
    while (written) {
        const auto now = LoopClock::now();
        if (now >= end || now >= next_bookmark) {
            written = co_await write_bookmark(writer, false);
            if (now >= end) co_return;
            next_bookmark = now + kBookmarkInterval;
            continue;
        }
        auto events = co_await watcher_->next_for(std::min(end, next_bookmark) - now);
        if (!events) {
            written = co_await write_line(writer, render_watch_error(events.error()));
            co_return;
        }
        if (!events->empty()) written = co_await write_events(writer, std::move(*events));
    }
}

Awaitable<Result<void>> WatchStream::write_initial(http::BodyWriter* writer) {
    const auto initial = std::move(plan_.initial);
    for (std::size_t at = 0; at < initial.size();) {
        std::vector<http::Bytes> pieces;
        const auto stop = std::min(at + kEventsPerWrite, initial.size());
        for (; at < stop; ++at) {
            append_event(pieces, storage::Event::Type::Added, initial[at]->bytes);
        }
        const auto written = co_await writer->write(std::move(pieces));
        if (!written) co_return written.error();
    }
    if (!plan_.mark_initial_end) co_return Ok();
    co_return co_await write_bookmark(writer, true);
}

Awaitable<Result<void>> WatchStream::write_events(
    http::BodyWriter* writer, std::vector<storage::WatchEvent> events) {
    std::vector<http::Bytes> pieces;
    view_.now = services_.clock.now();
    for (const auto& event : events) append_event(pieces, event.type, event.object->bytes);
    co_return co_await writer->write(std::move(pieces));
}

Awaitable<Result<void>> WatchStream::write_bookmark(http::BodyWriter* writer, bool initial_end) {
    if (!plan_.bookmarks) co_return Ok();
    // Before the first event the store's watcher may not have moved yet.
    const auto revision = initial_end ? plan_.from : std::max(plan_.from, watcher_->progress());
    co_return co_await write_line(writer, render_bookmark(view_, revision, initial_end));
}

Awaitable<Result<void>> WatchStream::write_line(http::BodyWriter* writer, http::Bytes line) {
    std::vector<http::Bytes> pieces;
    pieces.push_back(std::move(line));
    co_return co_await writer->write(std::move(pieces));
}

void WatchStream::append_event(
    std::vector<http::Bytes>& pieces, storage::Event::Type type, const http::Bytes& stored) {
    auto event = render_watch_event(view_, type, stored, first_event_);
    first_event_ = false;
    pieces.insert(
        pieces.end(), std::make_move_iterator(event.begin()), std::make_move_iterator(event.end()));
}

}  // namespace picket::apiserver
