#pragma once
#include "common/http/channel_stream.hpp"
#include "nodeagent/runtime/command_stream.hpp"

#include <memory>

namespace picket::nodeagent {

/// Carries bytes between a command and the server until the command has ended, and then tells how;
/// or until the server has gone, and then lets go of the command.
[[nodiscard]] Awaitable<> run_command_session(
    std::shared_ptr<CommandStream> command, std::shared_ptr<http::ChannelStream> peer);

}  // namespace picket::nodeagent
