#pragma once
#include "apiserver/routes/control_stream.hpp"
#include "common/api/tunnel.hpp"
#include "common/async/awaitable.hpp"
#include "common/async/timing.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace picket::apiserver {

/// A stream that an agent opened for us: what it said first, and its bytes. `head` are bytes of the
/// stream that came together with the reply.
struct TunnelStream {
    StreamReply reply;
    std::string head;
    std::shared_ptr<http::ByteStream> bytes;
};

[[nodiscard]] Error no_agent_error(const std::string& node);

/// Where requests for hosts meet the connections that their agents opened (common/api/tunnel.hpp).
/// Loop thread only.
class TunnelHub {
public:
    /// Streams that no agent has opened yet; more are refused.
    static constexpr std::size_t kMaxWaiting = 4096;

    explicit TunnelHub(boost::asio::any_io_executor executor)
        : executor_(executor), endings_(executor) {}

    /// Asks the node's agent for a stream. ServiceUnavailable if no agent of that node is
    /// connected, Timeout if it does not answer in time; what the agent itself refuses is in
    /// `reply.failure`.
    Awaitable<Result<TunnelStream>> open(std::string node, StreamRequest request);

    /// Serves the control connection of a node's agent until it breaks. A newer one takes the place
    /// of an older.
    Awaitable<void> serve_control(std::string node, http::BodyWriter* writer);

    /// The control stream of the node's agent, if it is of this session; null otherwise.
    [[nodiscard]] ControlStream* find_control(
        const std::string& node, const std::string& session) const;
    /// Call when no control connection is served any more.
    Awaitable<> stop();

    /// Whether a stream of this id is waited for from this node.
    [[nodiscard]] bool waits_for(const std::string& node, const std::string& id) const;
    /// Hands over the stream that the agent opened; one that nobody waits for any more is closed.
    void deliver(const std::string& id, std::unique_ptr<http::ByteStream> stream);

    [[nodiscard]] bool is_connected(const std::string& node) const {
        return controls_.contains(node);
    }
    [[nodiscard]] std::size_t connected() const { return controls_.size(); }

private:
    struct Pending {
        Pending(boost::asio::any_io_executor executor, std::string node_name)
            : node(std::move(node_name)), arrived(std::move(executor)) {}
        std::string node;
        Notification arrived;
        std::unique_ptr<http::ByteStream> stream;
    };
    class Waiting;

    std::shared_ptr<ControlStream> connect(const std::string& node);
    void disconnect(const std::string& node, const std::shared_ptr<ControlStream>& control);

    static Awaitable<> end(std::shared_ptr<ControlStream> control);

    boost::asio::any_io_executor executor_;
    std::map<std::string, std::shared_ptr<ControlStream>, std::less<>> controls_;  // by node
    std::map<std::string, std::shared_ptr<Pending>, std::less<>> pending_;         // by stream id
    TaskGroup endings_;
};

}  // namespace picket::apiserver
