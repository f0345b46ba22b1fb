#pragma once
#include "common/async/mutex.hpp"
#include "common/http/message.hpp"
#include "common/http/websocket_frames.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace picket::http {

/// Whether a request asks for a WebSocket, and which subprotocols it offers, in its order.
[[nodiscard]] bool asks_for_websocket(const Request& request);
[[nodiscard]] std::vector<std::string> offered_subprotocols(const Request& request);
/// The fields of the 101 answer; BadRequest if the handshake is not one of version 13. An empty
/// `subprotocol` is left out.
[[nodiscard]] Result<Headers> accept_websocket(
    const Request& request, const std::string& subprotocol);
/// Adds the fields with which a client asks.
void ask_for_websocket(Request& request, const std::string& subprotocol);

/// One end of a WebSocket on a connection that has been upgraded. Pings are answered while
/// receive() waits. One coroutine may receive while others send. Loop thread only.
class WebSocket {
public:
    enum class Role { Server, Client };
    /// A longer message ends the connection with 1009.
    static constexpr std::size_t kMaxMessage = 4U << 20U;

    WebSocket(boost::asio::any_io_executor executor, std::unique_ptr<ByteStream> stream, Role role);

    /// The next message, text and binary alike; nothing when the peer has closed. What violates the
    /// protocol closes the connection and is an error.
    Awaitable<Result<std::optional<std::string>>> receive();
    Awaitable<Result<void>> send(std::string message);
    Awaitable<Result<void>> send_text(std::string message);
    Awaitable<Result<void>> ping();
    /// Says goodbye and waits for the peer's goodbye, at most for `patience`; then the connection
    /// is closed.
    Awaitable<> close(CloseReason reason, std::chrono::seconds patience = std::chrono::seconds{5});
    /// The first half of close(): the peer's goodbye ends whoever receives.
    Awaitable<> say_goodbye(CloseReason reason);
    /// Closes at once.
    void abort() { stream_->close(); }
    /// The Close frame that came, if any.
    [[nodiscard]] const std::optional<CloseReason>& close_reason() const { return peer_close_; }

private:
    Awaitable<Result<WebSocketFrame>> next_frame();
    Awaitable<Result<void>> send_frame(Opcode opcode, std::string payload);
    Awaitable<Result<bool>> answer_control(WebSocketFrame frame);
    Awaitable<Error> fail(Error error);
    Awaitable<> drain();
    [[nodiscard]] Result<bool> add(WebSocketFrame frame);

    std::unique_ptr<ByteStream> stream_;
    Role role_;
    FrameParser parser_;
    Mutex writing_;
    std::string message_;  // the pieces of the message that is being received
    bool in_message_ = false;
    bool close_sent_ = false;
    std::optional<CloseReason> peer_close_;
};

/// The messages of a WebSocket as one stream of bytes: their borders mean nothing.
[[nodiscard]] std::unique_ptr<ByteStream> make_websocket_byte_stream(
    std::unique_ptr<WebSocket> socket);

}  // namespace picket::http
