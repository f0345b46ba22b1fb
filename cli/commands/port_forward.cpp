#include "cli/commands/commands.hpp"
#include "cli/json_path.hpp"
#include "cli/pod_argument.hpp"
#include "cli/text.hpp"
#include "common/api/status.hpp"
#include "common/async/task_group.hpp"
#include "common/client/pod_command.hpp"
#include "common/http/pump.hpp"
#include "common/http/raw_connection.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <csignal>
#include <cstdio>

namespace picket::cli {
namespace {

using boost::asio::ip::tcp;

struct PortForwardOptions {
    ConnectionOptions connection;
    std::string what;
    std::vector<std::string> ports;
    std::string address = "127.0.0.1";
};

struct PortPair {
    std::uint16_t local = 0;
    std::uint16_t remote = 0;
};

std::uint16_t port_number(const std::string& text, bool may_be_zero) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || (port == 0 && !may_be_zero))
        throw UsageError(fmt::format("\"{}\" is not a port", text));
    return port;
}

/// "8080", "80:8080", ":8080".
PortPair parse_pair(const std::string& text) {
    const auto parts = split(text, ':');
    if (parts.size() == 1) return {port_number(text, false), port_number(text, false)};
    if (parts.size() != 2)
        throw UsageError(fmt::format("\"{}\" is not PORT or LOCAL:REMOTE", text));
    return {
        parts[0].empty() ? std::uint16_t{0} : port_number(parts[0], true),
        port_number(parts[1], false)};
}

void tell_lost(const std::string& connection, std::exception_ptr) {
    fmt::print(stderr, "lost {}\n", connection);
}

/// Listens here, and opens a connection of its own to the server for each that comes.
class Forwarder {
public:
    Forwarder(client::ApiClient& api, client::Target pod)
        : api_(api), pod_(std::move(pod)), tasks_(api.executor(), tell_lost) {}

    Result<void> listen(const std::string& address, PortPair pair) {
        boost::system::error_code error;
        const auto ip = boost::asio::ip::make_address(address, error);
        if (error) return bad_request(fmt::format("\"{}\" is not an address", address));
        tcp::acceptor acceptor(api_.executor());
        const tcp::endpoint endpoint(ip, pair.local);
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(boost::asio::socket_base::max_listen_connections, error);
        if (error)
            return Error{
                Reason::BadRequest,
                fmt::format("cannot listen on {}:{}: {}", address, pair.local, error.message())};
        fmt::print(
            "Forwarding from {}:{} -> {}\n",
            address,
            acceptor.local_endpoint().port(),
            pair.remote);
        std::fflush(stdout);
        tasks_.spawn("listener", accept(std::move(acceptor), pair.remote));
        return Ok();
    }

    Awaitable<Result<int>> run_until_signal() {
        boost::asio::signal_set signals(api_.executor(), SIGINT, SIGTERM, SIGHUP);
        co_await signals.async_wait(use_awaitable);
        co_await tasks_.stop();
        co_return kDone;
    }
    Awaitable<bool> stop() {
        co_await tasks_.stop();
        co_return true;
    }

private:
    Awaitable<> accept(tcp::acceptor acceptor, std::uint16_t port) {
        while (true) {
            auto socket = co_await acceptor.async_accept(use_awaitable);
            tasks_.spawn("connection", forward(http::adopt_raw(std::move(socket)), port));
        }
    }

    Awaitable<> forward(std::shared_ptr<http::ByteStream> local, std::uint16_t port) {
        auto remote = co_await client::open_pod_port(api_, pod_, port);
        if (!remote) {
            fmt::print(stderr, "cannot forward to port {}: {}\n", port, remote.error().message);
            co_return local->close();
        }
        std::shared_ptr<http::ByteStream> opened = std::move(*remote);
        const auto ended = co_await http::pump_both_ways(opened, local);
        if (!ended && ended.error().reason == Reason::InternalError)
            fmt::print(stderr, "cannot forward to port {}: {}\n", port, ended.error().message);
    }

    client::ApiClient& api_;
    client::Target pod_;
    TaskGroup tasks_;
};

Result<int> port_forward(const PortForwardOptions& options) {
    std::vector<PortPair> pairs;
    for (const auto& text : options.ports) pairs.push_back(parse_pair(text));
    std::signal(SIGPIPE, SIG_IGN);
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto pod = find_pod(**session, options.what);
    if (!pod) return pod.error();
    const auto phase = string_at(*pod, "/status/phase");
    if (phase != "Running")
        return bad_request(
            fmt::format("pod {} does not run: it is {}", string_at(*pod, "/metadata/name"), phase));
    Forwarder forwarder((*session)->api(), pod_target(*pod, {}));
    for (const auto& pair : pairs) {
        if (auto listening = forwarder.listen(options.address, pair); !listening) {
            (*session)->wait(forwarder.stop());
            return listening.error();
        }
    }
    return (*session)->wait(forwarder.run_until_signal());
}

}  // namespace

Action define_port_forward(CLI::App& app) {
    const auto options = std::make_shared<PortForwardOptions>();
    app.add_option("what", options->what, "POD or ds/NAME")->required();
    app.add_option("ports", options->ports, "PORT, LOCAL:REMOTE or :REMOTE")->required();
    app.add_option("--address", options->address, "where to listen; 127.0.0.1 by default");
    add_connection_options(app, options->connection);
    return [options] { return port_forward(*options); };
}

}  // namespace picket::cli
