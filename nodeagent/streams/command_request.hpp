#pragma once
#include "common/api/tunnel.hpp"
#include "common/base/result.hpp"
#include "nodeagent/runtime/command_stream.hpp"

#include <string_view>

namespace picket::nodeagent {

/// The query of …/pods/P/exec and …/attach. BadRequest if no stream is wanted, or exec names no
/// command.
[[nodiscard]] Result<CommandRequest> parse_command_request(const StreamRequest& request);

/// {"Width":80,"Height":24}, as the resize channel carries it.
struct TerminalSize {
    int width = 0;
    int height = 0;
};
[[nodiscard]] Result<TerminalSize> parse_terminal_size(std::string_view text);

}  // namespace picket::nodeagent
