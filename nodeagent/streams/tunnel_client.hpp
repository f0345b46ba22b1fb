#pragma once
#include "common/api/tunnel.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/base/clock.hpp"
#include "common/base/random.hpp"
#include "common/client/api_client.hpp"
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/runtime/runtime.hpp"
#include "nodeagent/streams/carried_watches.hpp"
#include "nodeagent/streams/stream_handlers.hpp"

#include <memory>
#include <string>

namespace picket::nodeagent {

/// The agent's end of the tunnel (common/api/tunnel.hpp): holds the control stream open, hands on
/// what it carries for the agent's watches, and serves each request on a connection of its own.
/// More than kMaxStreams at a time are refused.
class TunnelClient {
public:
    static constexpr std::size_t kMaxStreams = 256;

    TunnelClient(
        boost::asio::any_io_executor executor,
        client::ApiClient& api,
        Runtime& runtime,
        PodManager& pods,
        const Clock& clock,
        std::string node_name,
        std::uint64_t seed);

    /// The agent's watches come through here.
    [[nodiscard]] CarriedWatches& watches() { return watches_; }
    /// Not even a keep-alive has come for a while: the control stream may hang on a connection that
    /// the other side gave up.
    [[nodiscard]] bool overdue() const;
    /// As Reflector::redial().
    void redial();
    /// Until cancelled. Spawn it in the owner's TaskGroup; afterwards await stop().
    Awaitable<> run();
    Awaitable<> stop();

private:
    Awaitable<Result<void>> connect();
    Awaitable<Result<void>> listen(http::StreamingResponse* control);
    Awaitable<Result<void>> take_watch_lines(
        http::StreamingResponse* control, control_line::WatchLines lines);
    Awaitable<> serve(StreamRequest request);
    Awaitable<> serve_one(StreamRequest request, std::shared_ptr<http::ByteStream> peer);

    client::ApiClient& api_;
    const Clock& clock_;
    StreamHandlers handlers_;
    std::string node_name_;
    CarriedWatches watches_;
    Random random_;
    Notification redial_;
    LoopClock::time_point heard_;  ///< when the last line came
    std::size_t serving_ = 0;
    TaskGroup streams_;
};

}  // namespace picket::nodeagent
