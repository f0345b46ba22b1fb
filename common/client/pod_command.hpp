#pragma once
#include "common/client/api_client.hpp"
#include "common/http/channel_frames.hpp"
#include "common/http/websocket.hpp"

#include <memory>
#include <optional>
#include <string>

namespace picket::client {

/// The client's end of exec and attach. One coroutine may receive while others send. Loop thread
/// only.
class PodCommand {
public:
    /// `target`: path and query of …/exec or …/attach.
    static Awaitable<Result<std::unique_ptr<PodCommand>>> open(ApiClient& api, std::string target);

    PodCommand(boost::asio::any_io_executor executor, std::unique_ptr<http::ByteStream> bytes)
        : socket_(std::move(executor), std::move(bytes), http::WebSocket::Role::Client) {}

    /// Output, and at the end the Status; nothing when the connection has ended without one.
    Awaitable<Result<std::optional<http::ChannelFrame>>> receive();
    Awaitable<Result<void>> send(std::string input);
    Awaitable<Result<void>> end_input();
    Awaitable<Result<void>> resize(int width, int height);
    /// Keeps what is between here and the server from taking the connection for dead.
    Awaitable<Result<void>> ping() { return socket_.ping(); }
    Awaitable<> close() { return socket_.close({}); }
    void abort() { socket_.abort(); }

private:
    http::WebSocket socket_;
};

/// One connection to a port of a pod: plain bytes. InternalError while reading: what the server
/// says went wrong.
[[nodiscard]] Awaitable<Result<std::unique_ptr<http::ByteStream>>> open_pod_port(
    ApiClient& api, Target pod, std::uint16_t port);

}  // namespace picket::client
