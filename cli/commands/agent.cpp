#include "cli/agent_part.hpp"
#include "cli/commands/agent_subcommands.hpp"
#include "cli/commands/commands.hpp"
#include "cli/paths.hpp"
#include "common/base/log.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <spdlog/spdlog.h>

namespace picket::cli {
namespace {

/// A host that has joined needs no token: it starts without the file, too.
std::string join_token(const std::string& file) {
    auto token = read_join_token(file);
    if (token) return std::move(*token);
    logger("agent")->warn("{}", token.error().message);
    return {};
}

AgentArguments complete_arguments(AgentArguments arguments) {
    arguments.agent.node_labels = parse_node_labels(arguments.labels);
    arguments.agent.join_token = join_token(arguments.token_file);
    return arguments;
}

Result<int> run_agent(const AgentArguments& arguments) {
    const auto complete = complete_arguments(arguments);
    boost::asio::io_context loop{1};
    const SystemClock clock;
    return run_parts(
        loop,
        {agent_part(
            loop, [complete]() -> Result<AgentArguments> { return complete; }, clock)});
}

}  // namespace

Action define_agent(CLI::App& app) {
    const auto arguments = std::make_shared<AgentArguments>();
    app.add_option(
           "--server",
           arguments->agent.server,
           "URL of the server; without one the local copy is run")
        ->type_name("URL");
    app.add_option(
           "--token-file",
           arguments->token_file,
           "join token, needed once; it may also come in $PICKET_TOKEN")
        ->type_name("FILE");
    app.add_option(
           "--data-dir",
           arguments->agent.data_dir,
           std::string("where the local copy and the credential are kept; ") + kDefaultAgentDir +
               " by default")
        ->type_name("DIR");
    add_host_options(app, *arguments);
    add_log_level_option(app);
    CLI::App* wait =
        app.add_subcommand("wait-ready", "Wait until all daemons of this host are ready");
    CLI::App* exits =
        app.add_subcommand("exits", "Show how containers of this host's daemons ended");
    const Action wait_ready = define_agent_wait_ready(*wait);
    const Action show_exits = define_agent_exits(*exits);
    return [=] {
        if (wait->parsed()) return wait_ready();
        return exits->parsed() ? show_exits() : run_agent(*arguments);
    };
}

}  // namespace picket::cli
