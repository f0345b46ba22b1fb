#pragma once
#include "common/api/tunnel.hpp"
#include "common/async/timing.hpp"
#include "common/client/api_client.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>

namespace picket::nodeagent {

/// The agent's watches, whose lines come on the control stream (common/api/tunnel.hpp). They end
/// with it, and are opened anew, from where they were, on the next. Loop thread only.
class CarriedWatches {
public:
    using Stream = std::unique_ptr<http::StreamingResponse>;

    CarriedWatches(client::ApiClient& api, std::string tunnel_path);

    /// Waits for the control stream. Errors are those that the server would answer a GET of
    /// `target` with, or ServiceUnavailable.
    Awaitable<Result<Stream>> open(std::string target);

    void connected(std::string session);
    void disconnected(const Error& why);
    /// Of a watch that nobody reads any more, nothing is kept.
    void take_line(const std::string& watch, std::string line);
    void end(const std::string& watch);

private:
    struct Inbox;
    class Reader;
    Awaitable<Result<void>> await_session();
    Awaitable<Result<void>> ask(CarriedWatch watch);

    client::ApiClient& api_;
    std::string tunnel_path_;
    std::string session_;  ///< empty: not connected
    Notification connected_;
    std::uint64_t opened_ = 0;
    std::map<std::string, std::weak_ptr<Inbox>> inboxes_;  ///< by the watch's id
};

}  // namespace picket::nodeagent
