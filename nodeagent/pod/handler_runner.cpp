#include "nodeagent/pod/handler_runner.hpp"

#include "common/async/loop_clock.hpp"
#include "common/async/timing.hpp"
#include "common/http/client.hpp"
#include "nodeagent/pod/grpc_health.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace picket::nodeagent {
namespace {

using boost::asio::ip::tcp;

Error failed(std::string message) {
    return Error{.reason = Reason::InternalError, .message = std::move(message)};
}

Error not_run(std::string message) {
    return Error{.reason = Reason::ServiceUnavailable, .message = std::move(message)};
}

Awaitable<Result<void>> run_command(
    Runtime& runtime, Handler handler, HandlerTarget target, std::chrono::milliseconds timeout) {
    auto result = co_await runtime.exec(target.container_id, handler.command, timeout);
    if (!result && result.error().reason == Reason::Timeout)
        co_return failed(result.error().message);
    if (!result) co_return not_run(result.error().message);
    if (result->exit_code == 0) co_return Ok();
    co_return failed(fmt::format("command exited with {}: {}", result->exit_code, result->output));
}

http::Request probe_request(const HttpGet& get) {
    http::Request request;
    request.target = get.path.empty() ? "/" : get.path;
    if (!request.target.starts_with('/')) request.target.insert(0, "/");
    request.headers.set("User-Agent", "kube-probe/1.32");
    request.headers.set("Accept", "*/*");
    for (const auto& [name, value] : get.headers) request.headers.set(name, value);
    return request;
}

constexpr int kMostRedirects = 10;

bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Where an answer sends the asker, if that is on the same server; elsewhere is not asked.
std::optional<std::string> redirect_on_host(
    const http::Endpoint& endpoint, const http::Headers& headers) {
    auto location = std::string(headers.find("Location").value_or(""));
    if (location.starts_with('/') && !location.starts_with("//")) return location;
    const auto path = location.find('/', std::min(location.size(), location.find("://") + 3));
    const auto other = http::parse_endpoint(location.substr(0, path));
    const bool same = other && other->host == endpoint.host && other->port == endpoint.port &&
                      other->transport == endpoint.transport;
    if (!same) return std::nullopt;
    return path == std::string::npos ? "/" : location.substr(path);
}

Awaitable<Result<void>> ask_http(
    boost::asio::any_io_executor executor,
    Handler handler,
    HandlerTarget target,
    std::chrono::milliseconds timeout) {
    const auto port = resolve_port(handler.http.port, target.ports);
    if (port == 0) co_return failed("no port " + handler.http.port);
    http::ClientOptions options;
    const bool tls = handler.http.scheme == "HTTPS";
    options.endpoint.transport =
        tls ? http::Endpoint::Transport::Tls : http::Endpoint::Transport::Tcp;
    options.endpoint.host = handler.http.host.empty() ? target.address : handler.http.host;
    options.endpoint.port = port;
    options.insecure_skip_verify = true;
    options.max_idle_connections = 0;
    http::Client client(std::move(executor), options);
    auto request = probe_request(handler.http);
    auto response = co_await client.send(request, timeout);
    for (int hops = 0; response && is_redirect(response->status) && hops < kMostRedirects; ++hops) {
        auto next = redirect_on_host(options.endpoint, response->headers);
        if (!next) break;
        request.target = std::move(*next);
        response = co_await client.send(request, timeout);
    }
    if (!response) co_return failed("Get: " + response.error().message);
    if (response->status >= 200 && response->status < 400) co_return Ok();
    co_return failed(fmt::format("HTTP probe failed with statuscode: {}", response->status));
}

Result<boost::asio::ip::address> parse_address(const std::string& host) {
    boost::system::error_code invalid;
    auto address = boost::asio::ip::make_address(host, invalid);
    if (invalid) return failed(fmt::format("{} is not an address", host));
    return address;
}

Awaitable<Result<void>> ask_grpc(
    boost::asio::any_io_executor executor,
    Handler handler,
    HandlerTarget target,
    std::chrono::milliseconds timeout) {
    const auto port = resolve_port(handler.port, target.ports);
    if (port == 0) co_return failed("no port " + handler.port);
    const auto address = parse_address(target.address);
    if (!address) co_return address.error();
    co_return co_await check_grpc_health(executor, {*address, port}, handler.service, timeout);
}

Awaitable<Result<void>> connect_tcp(
    boost::asio::any_io_executor executor,
    Handler handler,
    HandlerTarget target,
    std::chrono::milliseconds timeout) {
    const auto port = resolve_port(handler.port, target.ports);
    if (port == 0) co_return failed("no port " + handler.port);
    const auto& host = handler.host.empty() ? target.address : handler.host;
    const auto address = parse_address(host);
    if (!address) co_return address.error();
    auto socket = std::make_shared<tcp::socket>(executor);
    Timer deadline(executor, timeout);
    // The handler may run after this frame is gone: it shares the socket.
    deadline.async_wait([socket](boost::system::error_code cancelled) {
        boost::system::error_code ignored;  // an already closed socket is what is wanted
        if (!cancelled) socket->close(ignored);
    });
    auto [error] = co_await socket->async_connect({*address, port}, as_result);
    if (error) co_return failed(fmt::format("dial tcp {}:{}: {}", host, port, error.message()));
    co_return Ok();
}

}  // namespace

std::uint16_t resolve_port(const std::string& port, const std::vector<ContainerPort>& ports) {
    for (const auto& named : ports) {
        if (named.name == port && !port.empty()) return named.container_port;
    }
    std::uint16_t number = 0;
    const auto* end = port.data() + port.size();
    const auto [last, error] = std::from_chars(port.data(), end, number);
    return error == std::errc() && last == end ? number : std::uint16_t{0};
}

Awaitable<Result<void>> run_handler(
    boost::asio::any_io_executor executor,
    Runtime& runtime,
    Handler handler,
    HandlerTarget target,
    std::chrono::milliseconds timeout) {
    switch (handler.kind) {
        case Handler::Kind::Exec:
            co_return co_await run_command(runtime, std::move(handler), std::move(target), timeout);
        case Handler::Kind::HttpGet:
            co_return co_await ask_http(executor, std::move(handler), std::move(target), timeout);
        case Handler::Kind::TcpSocket:
            co_return co_await connect_tcp(
                executor, std::move(handler), std::move(target), timeout);
        case Handler::Kind::Grpc:
            co_return co_await ask_grpc(executor, std::move(handler), std::move(target), timeout);
        case Handler::Kind::Sleep:
            co_await sleep_for(std::min<std::chrono::milliseconds>(
                timeout, std::chrono::seconds{handler.sleep_seconds}));
            co_return Ok();
        case Handler::Kind::None:
            break;
    }
    co_return failed("this agent has no such handler");
}

}  // namespace picket::nodeagent
