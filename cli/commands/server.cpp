#include "cli/commands/commands.hpp"
#include "cli/server_parts.hpp"
#include "controller/reconcile_loop.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>

namespace picket::cli {
namespace {

struct ServerOptions {
    apiserver::ApiServerOptions apiserver;
    controller::ControllerOptions controller;
    std::string kubeconfig;
};

Result<int> run_server(const ServerOptions& options) {
    boost::asio::io_context loop{1};
    const SystemClock clock;
    auto apiserver_options = options.apiserver;
    apiserver_options.further_metrics = controller::format_loop_metrics;
    apiserver_options.local_socket = local_socket_in(options.apiserver.data_dir);
    const auto socket = apiserver_options.local_socket;
    const auto server = std::make_shared<apiserver::ApiServer>(
        loop.get_executor(), std::move(apiserver_options), clock);
    return run_parts(
        loop,
        {apiserver_part(server),
         controller_part(
             loop,
             options.apiserver.data_dir + "/controller.kubeconfig",
             socket,
             options.controller,
             clock)});
}

Result<int> run_apiserver(const ServerOptions& options) {
    boost::asio::io_context loop{1};
    const SystemClock clock;
    return run_parts(
        loop,
        {apiserver_part(std::make_shared<apiserver::ApiServer>(
            loop.get_executor(), options.apiserver, clock))});
}

Result<int> run_controller(const ServerOptions& options) {
    boost::asio::io_context loop{1};
    const SystemClock clock;
    return run_parts(
        loop, {controller_part(loop, options.kubeconfig, "", options.controller, clock)});
}

}  // namespace

Action define_server(CLI::App& app) {
    const auto options = std::make_shared<ServerOptions>();
    add_apiserver_options(app, options->apiserver);
    add_controller_options(app, options->controller);
    add_log_level_option(app);
    return [options] { return run_server(*options); };
}

Action define_apiserver(CLI::App& app) {
    const auto options = std::make_shared<ServerOptions>();
    add_apiserver_options(app, options->apiserver);
    add_log_level_option(app);
    return [options] { return run_apiserver(*options); };
}

Action define_controller(CLI::App& app) {
    const auto options = std::make_shared<ServerOptions>();
    app.add_option(
           "--kubeconfig",
           options->kubeconfig,
           "how to reach the API server: the controller.kubeconfig of its data dir")
        ->required()
        ->type_name("FILE");
    add_controller_options(app, options->controller);
    add_log_level_option(app);
    return [options] { return run_controller(*options); };
}

}  // namespace picket::cli
