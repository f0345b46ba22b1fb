#include "cli/agent_part.hpp"
#include "cli/commands/commands.hpp"
#include "cli/paths.hpp"
#include "cli/server_parts.hpp"
#include "controller/reconcile_loop.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>

namespace picket::cli {
namespace {

struct UpOptions {
    std::string data_dir = "/var/lib/picket";
    apiserver::ApiServerOptions apiserver;
    controller::ControllerOptions controller;
    AgentArguments agent;
};

/// The agent joins the server of the same process the way any agent joins: over its URL, with its
/// token.
Result<AgentArguments> local_agent(
    AgentArguments arguments, const apiserver::ApiServer& server, const std::string& data_dir) {
    auto token = read_join_token(data_dir + "/server/join-token");
    if (!token) return token.error();
    arguments.agent.server = server.url();
    arguments.agent.join_token = std::move(*token);
    arguments.agent.node_labels = parse_node_labels(arguments.labels);
    arguments.agent.data_dir = data_dir + "/agent";
    return arguments;
}

Result<int> up(const UpOptions& options) {
    (void)parse_node_labels(options.agent.labels);  // wrong usage is told before anything starts
    boost::asio::io_context loop{1};
    const SystemClock clock;
    apiserver::ApiServerOptions server_options = options.apiserver;
    server_options.data_dir = options.data_dir + "/server";
    server_options.further_metrics = controller::format_loop_metrics;
    server_options.local_socket = local_socket_in(server_options.data_dir);
    const auto server =
        std::make_shared<apiserver::ApiServer>(loop.get_executor(), server_options, clock);
    const auto agent = [server, arguments = options.agent, data_dir = options.data_dir] {
        return local_agent(arguments, *server, data_dir);
    };
    return run_parts(
        loop,
        {apiserver_part(server),
         controller_part(
             loop,
             server_options.data_dir + "/controller.kubeconfig",
             server_options.local_socket,
             options.controller,
             clock),
         agent_part(loop, agent, clock)});
}

}  // namespace

Action define_up(CLI::App& app) {
    const auto options = std::make_shared<UpOptions>();
    app.add_option(
           "--data-dir",
           options->data_dir,
           "holds server/ and agent/; " + options->data_dir + " by default")
        ->type_name("DIR");
    add_listen_options(app, options->apiserver);
    add_controller_options(app, options->controller);
    add_host_options(app, options->agent);
    add_log_level_option(app);
    return [options] { return up(*options); };
}

}  // namespace picket::cli
