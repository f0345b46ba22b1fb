#include "apiserver/routes/command_client.hpp"
#include "common/api/status.hpp"
#include "common/base/encoding.hpp"
#include "common/http/websocket.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

using http::Channel;
using http::ChannelFrame;
using Incoming = Result<std::optional<ChannelFrame>>;

/// v5 only: the byte that follows names a channel that gets no more.
constexpr unsigned char kCloseChannel = 255;

/// Each message has its channel in the first byte. With base64, the channel is a digit and the rest
/// is text.
class WebSocketCommandClient final : public CommandClient {
public:
    WebSocketCommandClient(
        boost::asio::any_io_executor executor,
        std::unique_ptr<http::ByteStream> bytes,
        const std::string& protocol)
        : socket_(std::move(executor), std::move(bytes), http::WebSocket::Role::Server),
          base64_(protocol.find("base64") != std::string::npos) {}

    Awaitable<Result<void>> begin() override { co_return Ok(); }

    Awaitable<Incoming> receive() override {
        while (true) {
            auto message = co_await socket_.receive();
            if (!message) co_return message.error();
            if (!*message) co_return std::optional<ChannelFrame>();
            auto frame = decode(std::move(**message));
            if (!frame || *frame) co_return frame;
        }
    }

    Awaitable<Result<void>> send(ChannelFrame frame) override {
        const auto number = static_cast<char>(frame.channel);
        if (base64_) {
            const auto digit = static_cast<char>('0' + number);
            co_return co_await socket_.send_text(digit + base64_encode(frame.bytes));
        }
        frame.bytes.insert(frame.bytes.begin(), number);
        co_return co_await socket_.send(std::move(frame.bytes));
    }

    Awaitable<> finish(Json status) override {
        // A client that has gone needs no status; the goodbye finds that out.
        (void)co_await send({Channel::Status, status.dump()});
        co_await socket_.close({});
    }

private:
    /// Nothing for a message that says nothing.
    [[nodiscard]] Incoming decode(std::string message) const {
        if (message.empty()) return std::optional<ChannelFrame>();
        auto channel = static_cast<unsigned char>(message.front());
        message.erase(0, 1);
        if (base64_) {
            channel = static_cast<unsigned char>(channel - '0');
            auto bytes = base64_decode(message);
            if (!bytes) return bad_request("a message is not base64");
            message = std::move(*bytes);
        }
        if (channel == kCloseChannel) {
            const bool input = !message.empty() && message.front() == 0;
            return input ? std::optional(ChannelFrame{Channel::Stdin, {}}) : std::nullopt;
        }
        const auto known = static_cast<Channel>(channel);
        // An empty message is not the end of the input.
        if ((known != Channel::Stdin && known != Channel::Resize) || message.empty())
            return std::optional<ChannelFrame>();
        return std::optional(ChannelFrame{known, std::move(message)});
    }

    http::WebSocket socket_;
    bool base64_;
};

}  // namespace

std::unique_ptr<CommandClient> make_websocket_command_client(
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes,
    std::string protocol) {
    return std::make_unique<WebSocketCommandClient>(
        std::move(executor), std::move(bytes), protocol);
}

}  // namespace picket::apiserver
