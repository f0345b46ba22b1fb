#pragma once
/// What `picket agent` does besides running: questions to the agent of this host, answered from its
/// data dir, so that they need no server.
#include "cli/command.hpp"

namespace picket::cli {

[[nodiscard]] Action define_agent_wait_ready(CLI::App& app);
[[nodiscard]] Action define_agent_exits(CLI::App& app);

}  // namespace picket::cli
