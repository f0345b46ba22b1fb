#include "nodeagent/streams/command_session.hpp"

#include "common/api/command_status.hpp"
#include "common/api/status.hpp"
#include "common/base/log.hpp"
#include "nodeagent/streams/command_request.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace picket::nodeagent {
namespace {

using namespace boost::asio::experimental::awaitable_operators;
using http::Channel;
using http::ChannelFrame;
using CommandHandle = std::shared_ptr<CommandStream>;
using CommandPeer = std::shared_ptr<http::ChannelStream>;

/// The Status at the end.
Awaitable<Json> status_of(CommandHandle command, Result<CommandOutput> last) {
    if (!last) co_return to_status(last.error());
    auto code = co_await command->exit_code();
    co_return code ? exit_status(*code) : to_status(code.error());
}

Awaitable<> send_output(CommandHandle command, CommandPeer peer) {
    while (true) {
        auto output = co_await command->next();
        if (!output || output->bytes.empty()) {
            const auto status = co_await status_of(command, std::move(output));
            // A server that has gone needs no status.
            (void)co_await peer->send({Channel::Status, status.dump()});
            co_return;
        }
        const auto channel = output->errors ? Channel::Stderr : Channel::Stdout;
        const auto sent = co_await peer->send({channel, std::move(output->bytes)});
        if (!sent) co_return;
    }
}

Awaitable<> resize(CommandHandle command, std::string text) {
    const auto size = parse_terminal_size(text);
    if (!size) co_return;
    auto done = co_await command->resize(size->width, size->height);
    // A command that has just ended has no terminal any more.
    if (!done) logger("streams")->debug("cannot resize why={}", done.error().message);
}

/// Returns when the server has gone. A command that reads no more does not end the session: its
/// output may still come.
Awaitable<> take_input(CommandHandle command, CommandPeer peer) {
    bool reads = true;
    while (true) {
        auto frame = co_await peer->receive();
        if (!frame || !*frame) co_return;
        auto& [channel, bytes] = **frame;
        if (channel == Channel::Resize) {
            co_await resize(command, std::move(bytes));
        } else if (channel == Channel::Stdin && bytes.empty()) {
            co_await command->close_input();
            reads = false;
        } else if (channel == Channel::Stdin && reads) {
            const auto written = co_await command->write(std::move(bytes));
            reads = written.has_value();
        }
    }
}

}  // namespace

Awaitable<> run_command_session(CommandHandle command, CommandPeer peer) {
    const auto first = co_await (send_output(command, peer) || take_input(command, peer));
    if (first.index() == 1) co_await command->hang_up();
}

}  // namespace picket::nodeagent
