#pragma once
#include "common/api/tunnel.hpp"
#include "common/async/awaitable.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace picket::apiserver {

/// The server's end of one agent's control stream (common/api/tunnel.hpp): what is asked of the
/// agent, and the watches that it carries. Loop thread only.
class ControlStream {
public:
    using Body = std::function<Awaitable<void>(http::BodyWriter&)>;  ///< of a streamed answer
    /// Watches of one agent at a time; more are refused.
    static constexpr std::size_t kMaxWatches = 1024;

    explicit ControlStream(boost::asio::any_io_executor executor);

    [[nodiscard]] const std::string& session() const { return session_; }
    void send(const ControlLine& line);
    /// Runs `body` with the agent as its client. Conflict where the id is taken.
    Result<void> carry(std::string watch, Body body);

    /// Writes what is to be sent, until `writer` fails or close() is called.
    Awaitable<void> run(http::BodyWriter* writer);
    /// Whoever writes to it learns that the agent is gone. Await stop() before it is destroyed.
    void close();
    Awaitable<> stop();

private:
    class WatchWriter;
    Awaitable<> serve(std::string watch, Body body);
    Awaitable<Result<void>> write(const std::string& watch, std::vector<http::Bytes> pieces);

    std::string session_;
    bool closed_ = false;
    std::vector<http::Bytes> pieces_;  ///< to be sent
    std::uint64_t queued_ = 0;         ///< how often something was added to `pieces_`
    std::uint64_t taken_ = 0;          ///< up to which of these the agent's side has taken it
    Notification wake_;
    Notification written_;
    std::set<std::string> open_;  ///< ids of the watches that run
    TaskGroup watches_;
};

}  // namespace picket::apiserver
