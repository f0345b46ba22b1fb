#pragma once
#include "common/api/tunnel.hpp"
#include "common/base/clock.hpp"
#include "common/http/message.hpp"
#include "nodeagent/pod/pod_manager.hpp"
#include "nodeagent/runtime/runtime.hpp"
#include "nodeagent/streams/agent_pages.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>

namespace picket::nodeagent {

/// What the agent does with each kind of stream. Every handler sends a StreamReply first, then the
/// bytes of the stream, and returns when either side has ended.
class StreamHandlers {
public:
    StreamHandlers(
        boost::asio::any_io_executor executor,
        Runtime& runtime,
        PodManager& pods,
        const Clock& clock,
        std::string node_name)
        : executor_(executor),
          runtime_(runtime),
          pods_(pods),
          clock_(clock),
          pages_(executor, runtime, pods, clock, std::move(node_name)) {}

    /// `open_streams`: how many there are, this one among them.
    Awaitable<> serve(
        StreamRequest request, std::shared_ptr<http::ByteStream> peer, std::size_t open_streams);

private:
    Awaitable<> serve_log(StreamRequest request, std::shared_ptr<http::ByteStream> peer);
    Awaitable<> serve_command(StreamRequest request, std::shared_ptr<http::ByteStream> peer);
    Awaitable<> serve_page(
        StreamRequest request, std::shared_ptr<http::ByteStream> peer, std::size_t open_streams);
    Awaitable<> serve_port(StreamRequest request, std::shared_ptr<http::ByteStream> peer);

    Awaitable<Result<std::unique_ptr<LogStream>>> open_log(StreamRequest request);
    Awaitable<Result<std::unique_ptr<CommandStream>>> open_command(StreamRequest request);
    Awaitable<Result<std::unique_ptr<http::ByteStream>>> open_port(StreamRequest request);
    [[nodiscard]] Result<std::string> container_of(
        const StreamRequest& request, bool previous) const;
    [[nodiscard]] Result<std::string> running_container_of(const StreamRequest& request) const;

    boost::asio::any_io_executor executor_;
    Runtime& runtime_;
    PodManager& pods_;
    const Clock& clock_;
    AgentPages pages_;
};

/// Says that the stream is open, or why it is not.
[[nodiscard]] Awaitable<Result<void>> send_reply(
    std::shared_ptr<http::ByteStream> peer, StreamReply reply);
/// Reads and drops until the peer has closed.
[[nodiscard]] Awaitable<> wait_for_close(std::shared_ptr<http::ByteStream> peer);

}  // namespace picket::nodeagent
