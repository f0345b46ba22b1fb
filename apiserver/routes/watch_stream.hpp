#pragma once
#include "apiserver/routes/call.hpp"
#include "apiserver/routes/object_view.hpp"

#include <chrono>
#include <memory>
#include <vector>

namespace picket::apiserver {

/// How one watch goes.
struct WatchPlan {
    std::vector<storage::StoredPtr> initial;  ///< sent as ADDED first
    storage::Revision from = 0;  ///< of the initial state, or where the client asked to go on
    bool mark_initial_end = false;
    bool bookmarks = false;
    std::chrono::steady_clock::duration length;
};

/// One open watch: takes events from the store and writes them to the client. It ends when its time
/// is over, when the client goes or reads too slowly, or when the store gives up on it. Loop thread
/// only.
class WatchStream {
public:
    WatchStream(
        Services& services,
        ObjectView view,
        std::unique_ptr<storage::Watcher> watcher,
        WatchPlan plan);
    ~WatchStream();
    WatchStream(const WatchStream&) = delete;
    WatchStream& operator=(const WatchStream&) = delete;

    /// `self` keeps the stream alive while it runs.
    Awaitable<void> run(std::shared_ptr<WatchStream> self, http::BodyWriter* writer);

private:
    Awaitable<Result<void>> write_initial(http::BodyWriter* writer);
    Awaitable<Result<void>> write_events(
        http::BodyWriter* writer, std::vector<storage::WatchEvent> events);
    Awaitable<Result<void>> write_bookmark(http::BodyWriter* writer, bool initial_end);
    Awaitable<Result<void>> write_line(http::BodyWriter* writer, http::Bytes line);
    void append_event(
        std::vector<http::Bytes>& pieces, storage::Event::Type type, const http::Bytes& stored);

    Services& services_;
    ObjectView view_;
    std::unique_ptr<storage::Watcher> watcher_;
    WatchPlan plan_;
    bool first_event_ = true;
};

}  // namespace picket::apiserver
