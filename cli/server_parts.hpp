#pragma once
/// The parts of picket as a process runs them: their options on the command line, and how they
/// start and stop.
#include "apiserver/apiserver.hpp"
#include "cli/process.hpp"
#include "common/base/clock.hpp"
#include "controller/controller_manager.hpp"

#include <boost/asio/io_context.hpp>

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace picket::cli {

void add_apiserver_options(CLI::App& app, apiserver::ApiServerOptions& options);
/// The same without the data dir.
void add_listen_options(CLI::App& app, apiserver::ApiServerOptions& options);
void add_controller_options(CLI::App& app, controller::ControllerOptions& options);

[[nodiscard]] Part apiserver_part(std::shared_ptr<apiserver::ApiServer> server);
/// Where controllers find the API server of their own process; empty if the path would be too long
/// for a socket.
[[nodiscard]] std::string local_socket_in(const std::string& data_dir);
/// The controllers read `kubeconfig` when they start: the API server of the same process writes it.
/// They dial `socket` if there is one: TLS between two ends of one process protects nothing, and
/// its connections were a fifth of an idle server's memory.
[[nodiscard]] Part controller_part(
    boost::asio::io_context& loop,
    std::string kubeconfig,
    std::string socket,
    controller::ControllerOptions options,
    const Clock& clock);

}  // namespace picket::cli
