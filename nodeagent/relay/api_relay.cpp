#include "nodeagent/relay/api_relay.hpp"

#include "common/async/exception.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "common/base/private_file.hpp"
#include "common/http/pump.hpp"
#include "common/http/raw_connection.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>

namespace picket::nodeagent {
namespace {

using boost::asio::ip::tcp;
using namespace std::chrono_literals;

constexpr std::size_t kMostConnections = 512;
constexpr std::chrono::seconds kServerDialTimeout{10};
constexpr std::chrono::milliseconds kFirstReopen = 500ms;
constexpr std::chrono::milliseconds kLongestReopen = 30s;
constexpr std::chrono::milliseconds kAcceptPause = 100ms;

Error relay_error(std::string_view address, std::uint16_t port, std::string_view why) {
    return Error{
        .reason = Reason::ServiceUnavailable,
        .message = fmt::format("cannot relay the API on {}:{}: {}", address, port, why)};
}

}  // namespace

ApiRelay::ApiRelay(
    boost::asio::any_io_executor executor, Runtime& runtime, Options options, NodeContext& context)
    : executor_(executor),
      runtime_(runtime),
      options_(std::move(options)),
      context_(context),
      acceptor_(executor),
      opening_(executor),
      tasks_(executor, [](const std::string& task, std::exception_ptr failure) {
          logger("relay")->error("{} failed why={}", task, describe(failure));
      }) {}

Awaitable<Result<void>> ApiRelay::open() {
    if (acceptor_.is_open()) co_return Ok();
    const auto turn = co_await opening_.lock();
    if (acceptor_.is_open()) co_return Ok();
    co_return co_await open_on_bridge();
}

Awaitable<Result<void>> ApiRelay::open_on_bridge() {
    auto bridge = co_await runtime_.bridge();
    if (!bridge) co_return bridge.error();
    boost::system::error_code invalid;
    subnet_ = boost::asio::ip::make_network_v4(bridge->subnet, invalid);
    if (invalid) co_return relay_error(bridge->gateway, 0, "no IPv4 subnet: " + bridge->subnet);
    const auto known = remembered_port();
    // What starts now finds it there once the port is free again.
    if (known != 0) announce(bridge->gateway, known);
    auto listening = listen_on(bridge->gateway, known != 0 ? known : options_.server_port);
    // A port that containers know is not given up: they would never learn another one.
    if (!listening && known == 0) listening = listen_on(bridge->gateway, 0);
    if (!listening) co_return listening;
    const auto port = acceptor_.local_endpoint().port();
    if (auto kept = update_private_file(options_.port_file, std::to_string(port)); !kept) {
        acceptor_.close();
        co_return kept;
    }
    announce(bridge->gateway, port);
    logger("relay")->info("pods reach the API at {}:{}", bridge->gateway, port);
    tasks_.spawn("accepting", accept());
    co_return Ok();
}

void ApiRelay::announce(const std::string& address, std::uint16_t port) {
    context_.relay_address = address;
    context_.relay_port = std::to_string(port);
}

Result<void> ApiRelay::listen_on(const std::string& address, std::uint16_t port) {
    boost::system::error_code error;
    const tcp::endpoint endpoint(boost::asio::ip::make_address(address, error), port);
    if (!error) acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
    if (!error) return Ok();
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    return relay_error(address, port, error.message());
}

std::uint16_t ApiRelay::remembered_port() const {
    const auto text = read_file_or_empty(options_.port_file);
    std::uint16_t port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
}

Awaitable<> ApiRelay::reopen() {
    if (remembered_port() == 0) co_return;
    auto retry = kFirstReopen;
    while (true) {
        auto opened = co_await open();
        if (opened) co_return;
        logger("relay")->warn("{}", opened.error().message);
        co_await sleep_for(retry);
        retry = std::min(retry * 2, kLongestReopen);
    }
}

Awaitable<> ApiRelay::stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    co_await tasks_.stop();
}

Awaitable<> ApiRelay::accept() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        if (error == boost::asio::error::operation_aborted) co_return;
        if (error) {
            logger("relay")->warn("cannot accept why={}", error.message());
            co_await sleep_for(kAcceptPause);
            continue;
        }
        boost::system::error_code gone;
        const auto peer = socket.remote_endpoint(gone).address();
        if (gone || !takes(peer)) continue;
        if (tasks_.size() > kMostConnections) {
            logger("relay")->warn("too many connections, one refused peer={}", peer.to_string());
            continue;
        }
        tasks_.spawn("connection", carry(std::move(socket)));
    }
}

/// The address is the host's: packets for it may come from anywhere.
bool ApiRelay::takes(const boost::asio::ip::address& peer) const {
    if (!peer.is_v4()) return false;
    const boost::asio::ip::network_v4 own(peer.to_v4(), subnet_.prefix_length());
    return own.network() == subnet_.network();
}

Awaitable<> ApiRelay::carry(tcp::socket socket) {
    std::shared_ptr<http::ByteStream> pod = http::adopt_raw(std::move(socket));
    auto server = co_await dial();
    if (!server) {
        logger("relay")->debug("{}", server.error().message);
        pod->close();
        co_return;
    }
    // Whichever side breaks, the other one notices.
    (void)co_await http::pump_both_ways(pod, std::move(*server));
}

Awaitable<Result<std::unique_ptr<http::ByteStream>>> ApiRelay::dial() {
    Result<std::unique_ptr<http::ByteStream>> connected =
        Error{.reason = Reason::ServiceUnavailable, .message = "no address"};
    const bool by_name = options_.server_host == "localhost";
    for (const auto* host : {by_name ? "127.0.0.1" : options_.server_host.c_str(), "::1"}) {
        boost::system::error_code invalid;
        const auto address = boost::asio::ip::make_address(host, invalid);
        if (invalid) continue;
        connected = co_await http::connect_raw(
            executor_, {address, options_.server_port}, kServerDialTimeout);
        if (connected || !by_name) break;
    }
    co_return connected;
}

}  // namespace picket::nodeagent
