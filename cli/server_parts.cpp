#include "cli/server_parts.hpp"

#include "cli/paths.hpp"
#include "common/client/kubeconfig.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <sys/un.h>

namespace picket::cli {
namespace {

/// Made when the part starts, gone when the process ends.
struct RunningController {
    std::unique_ptr<controller::ControllerManager> manager;
};

Awaitable<Result<void>> start_controller(
    std::shared_ptr<RunningController> running,
    boost::asio::any_io_executor executor,
    std::string kubeconfig,
    std::string socket,
    controller::ControllerOptions options,
    const Clock* clock) {
    auto config = client::load_kubeconfig(kubeconfig, "", default_admin_kubeconfig());
    if (!config) co_return config.error();
    if (!socket.empty())
        config->options.http.endpoint = {http::Endpoint::Transport::Unix, "", 0, std::move(socket)};
    running->manager = std::make_unique<controller::ControllerManager>(
        executor, std::move(config->options), options, *clock);
    running->manager->start();
    co_return Ok();
}

Awaitable<> stop_controller(std::shared_ptr<RunningController> running) {
    if (running->manager) co_await running->manager->stop();
}

Awaitable<Result<void>> start_apiserver(std::shared_ptr<apiserver::ApiServer> server) {
    co_return co_await server->start();
}

Awaitable<> stop_apiserver(std::shared_ptr<apiserver::ApiServer> server) {
    co_await server->stop();
}

}  // namespace

void add_apiserver_options(CLI::App& app, apiserver::ApiServerOptions& options) {
    app.add_option(
           "--data-dir",
           options.data_dir,
           "where the state is kept; " + options.data_dir + " by default")
        ->type_name("DIR");
    add_listen_options(app, options);
}

void add_listen_options(CLI::App& app, apiserver::ApiServerOptions& options) {
    app.add_option(
           "--listen",
           options.listen,
           "address and port; " + options.listen + " by default, port 0: any free one")
        ->type_name("ADDRESS:PORT");
    app.add_option("--tls-name", options.tls_names, "a further name or address that clients dial")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option(
           "--advertise-url",
           options.advertise_url,
           "what the kubeconfig files say; by default the address above")
        ->type_name("URL");
    app.add_option_function<std::size_t>(
           "--max-store",
           [&options](const std::size_t& mebibytes) { options.max_store_bytes = mebibytes << 20U; },
           "MiB that all objects together may take in memory; 2048 by default")
        ->check(CLI::Range(1, 1 << 20).description(""))
        ->type_name("MIB");
}

void add_controller_options(CLI::App& app, controller::ControllerOptions& options) {
    app.add_option_function<int>(
           "--node-grace",
           [&options](const int& seconds) { options.node_grace = std::chrono::seconds(seconds); },
           "seconds until a silent node is seen as not ready; 10 by default")
        ->check(CLI::Range(1, 86'400).description(""))
        ->type_name("SECONDS");
}

Part apiserver_part(std::shared_ptr<apiserver::ApiServer> server) {
    return {
        .name = "apiserver",
        .start = [server] { return start_apiserver(server); },
        .stop = [server] { return stop_apiserver(server); }};
}

std::string local_socket_in(const std::string& data_dir) {
    auto path = std::filesystem::absolute(data_dir).lexically_normal() / "local.sock";
    return path.string().size() < sizeof(sockaddr_un::sun_path) ? path.string() : std::string();
}

Part controller_part(
    boost::asio::io_context& loop,
    std::string kubeconfig,
    std::string socket,
    controller::ControllerOptions options,
    const Clock& clock) {
    const auto running = std::make_shared<RunningController>();
    return {
        .name = "controller",
        .start =
            [running,
             executor = boost::asio::any_io_executor(loop.get_executor()),
             kubeconfig = std::move(kubeconfig),
             socket = std::move(socket),
             options,
             clock = &clock] {
                return start_controller(running, executor, kubeconfig, socket, options, clock);
            },
        .stop = [running] { return stop_controller(running); }};
}

}  // namespace picket::cli
