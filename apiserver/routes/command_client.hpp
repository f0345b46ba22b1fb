#pragma once
#include "apiserver/routes/call.hpp"
#include "common/base/json.hpp"
#include "common/http/channel_frames.hpp"
#include "common/http/message.hpp"

#include <memory>
#include <optional>
#include <string>

namespace picket::apiserver {

/// Which streams a client of exec or attach has asked for.
struct CommandStreams {
    bool input = false;
    bool output = false;
    bool errors = false;
    bool tty = false;
};

/// A client of exec or attach, whatever protocol it speaks. One coroutine may receive while another
/// sends.
class CommandClient {
public:
    virtual ~CommandClient() = default;
    /// Ready when the client has opened what it asked for.
    virtual Awaitable<Result<void>> begin() = 0;
    /// Input (without bytes: its end) and sizes of the terminal; nothing when the client has gone.
    virtual Awaitable<Result<std::optional<http::ChannelFrame>>> receive() = 0;
    virtual Awaitable<Result<void>> send(http::ChannelFrame frame) = 0;
    /// Tells how the command has ended, says goodbye, and waits a little for the client's goodbye.
    virtual Awaitable<> finish(Json status) = 0;
};

/// How a request wants to talk: the 101 answer without its `upgrade`, and who to talk to after it.
struct CommandUpgrade {
    http::Response response = {};
    std::function<std::unique_ptr<CommandClient>(std::unique_ptr<http::ByteStream>)> client = {};
};
/// BadRequest if the request offers no protocol that is spoken here.
[[nodiscard]] Result<CommandUpgrade> negotiate_command(const Call& call, CommandStreams streams);

[[nodiscard]] std::unique_ptr<CommandClient> make_websocket_command_client(
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes,
    std::string protocol);
[[nodiscard]] std::unique_ptr<CommandClient> make_spdy_command_client(
    boost::asio::any_io_executor executor,
    std::unique_ptr<http::ByteStream> bytes,
    CommandStreams streams);

}  // namespace picket::apiserver
