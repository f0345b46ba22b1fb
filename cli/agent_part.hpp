#pragma once
#include "cli/host_arguments.hpp"
#include "cli/process.hpp"
#include "common/base/clock.hpp"
#include "nodeagent/node_agent.hpp"

#include <boost/asio/io_context.hpp>

#include <string>

namespace CLI {
class App;
}

namespace picket::cli {

/// The node agent's options as typed.
struct AgentArguments {
    nodeagent::NodeAgentOptions agent = {};
    std::string token_file = {};
    std::string labels = {};

    AgentArguments();
};
/// What concerns the host: name, labels, engine, manifests.
void add_host_options(CLI::App& app, AgentArguments& arguments);

/// The agent is made when the part starts, because `up` knows the server's URL and token only then.
[[nodiscard]] Part agent_part(
    boost::asio::io_context& loop,
    std::function<Result<AgentArguments>()> arguments,
    const Clock& clock);

}  // namespace picket::cli
