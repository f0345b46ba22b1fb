#include "common/http/detail/connector.hpp"

#include "common/http/detail/tls_transport.hpp"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <utility>

namespace picket::http::detail {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Address = asio::generic::stream_protocol::endpoint;

Error cannot_connect(const Endpoint& endpoint, std::string_view why) {
    return {
        Reason::ServiceUnavailable,
        fmt::format("cannot connect to {}: {}", format_endpoint(endpoint), why)};
}

/// A name becomes all its addresses; an address is used as it is, without asking anyone.
Awaitable<error_code> resolve(
    std::string host, std::uint16_t port, std::vector<Address>& addresses) {
    error_code not_an_address;
    const auto literal = asio::ip::make_address(host, not_an_address);
    if (!not_an_address) {
        addresses.emplace_back(tcp::endpoint(literal, port));
        co_return error_code{};
    }
    tcp::resolver resolver(co_await asio::this_coro::executor);
    const auto [error, found] =
        co_await resolver.async_resolve(host, std::to_string(port), as_result);
    for (const auto& entry : found) addresses.emplace_back(entry.endpoint());
    co_return error;
}

Awaitable<error_code> addresses_of(Endpoint endpoint, std::vector<Address>& addresses) {
    if (endpoint.transport == Endpoint::Transport::Unix) {
        addresses.emplace_back(asio::local::stream_protocol::endpoint(endpoint.path));
        co_return error_code{};
    }
    co_return co_await resolve(endpoint.host, endpoint.port, addresses);
}

/// The first address that accepts.
Awaitable<error_code> connect_any(
    Socket& socket, std::vector<Address> addresses, std::chrono::steady_clock::time_point moment) {
    Deadline deadline(socket.get_executor(), [&socket] { socket.cancel(); });
    deadline.expires_at(moment);
    error_code last = asio::error::host_not_found;
    for (const auto& address : addresses) {
        socket.close();
        std::tie(last) = co_await socket.async_connect(address, as_result);
        if (last && deadline.expired()) co_return asio::error::timed_out;
        if (!last) break;
    }
    co_return last;
}

std::unique_ptr<Transport> make_transport(Socket socket, const ClientTrust* trust) {
    if (trust != nullptr) return make_tls_client_transport(std::move(socket), *trust);
    return make_plain_transport(std::move(socket));
}

}  // namespace

std::string host_field(const Endpoint& endpoint) {
    const bool is_v6 = endpoint.host.find(':') != std::string::npos;
    auto host = is_v6 ? fmt::format("[{}]", endpoint.host) : endpoint.host;
    const std::uint16_t standard = endpoint.transport == Endpoint::Transport::Tls ? 443 : 80;
    if (endpoint.transport == Endpoint::Transport::Unix || endpoint.port == standard) return host;
    return fmt::format("{}:{}", host, endpoint.port);
}

std::string format_endpoint(const Endpoint& endpoint) {
    if (endpoint.transport == Endpoint::Transport::Unix) return "unix://" + endpoint.path;
    const bool secure = endpoint.transport == Endpoint::Transport::Tls;
    return fmt::format("{}://{}", secure ? "https" : "http", host_field(endpoint));
}

Awaitable<Result<std::unique_ptr<Transport>>> connect(
    asio::any_io_executor executor,
    Endpoint endpoint,
    std::shared_ptr<const ClientTrust> trust,
    std::chrono::steady_clock::time_point deadline) {
    std::vector<Address> addresses;
    auto error = co_await addresses_of(endpoint, addresses);
    if (error) co_return cannot_connect(endpoint, error.message());
    Socket socket(executor);
    error = co_await connect_any(socket, std::move(addresses), deadline);
    if (error == asio::error::operation_aborted) throw boost::system::system_error(error);
    if (error) co_return cannot_connect(endpoint, error.message());
    if (endpoint.transport != Endpoint::Transport::Unix) tune_tcp(socket);
    auto transport = make_transport(std::move(socket), trust.get());
    transport->deadline().expires_at(deadline);
    const auto shaken = co_await transport->handshake();
    if (!shaken) co_return cannot_connect(endpoint, shaken.error().message);
    co_return transport;
}

}  // namespace picket::http::detail
