#include "nodeagent/streams/port_dialer.hpp"

#include "common/api/status.hpp"
#include "common/http/raw_connection.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <sched.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace picket::nodeagent {
namespace {

using boost::asio::ip::tcp;
using Connection = Result<std::unique_ptr<http::ByteStream>>;

constexpr std::chrono::seconds kDialTimeout{10};

/// A socket belongs for ever to the network namespace of the thread that makes it. The thread ends
/// at once: it must do nothing else any more.
Result<int> socket_in_namespace(int pid, int family) {
    int descriptor = -1;
    int failure = 0;
    std::thread([&] {
        const auto path = fmt::format("/proc/{}/ns/net", pid);
        const int space = open(path.c_str(), O_RDONLY | O_CLOEXEC);  // NOLINT: C's own interface
        const bool entered = space >= 0 && setns(space, CLONE_NEWNET) == 0;
        if (entered) descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        failure = errno;
        if (space >= 0) close(space);
    }).join();
    if (descriptor >= 0) return descriptor;
    return Error{
        Reason::Forbidden,
        "cannot enter the pod's network: " + std::generic_category().message(failure)};
}

Awaitable<Connection> dial_inside(
    boost::asio::any_io_executor executor, int pid, std::uint16_t port) {
    const auto inside = [&](const char* address) {
        const tcp::endpoint endpoint(boost::asio::ip::make_address(address), port);
        const int family = endpoint.protocol().family();
        return http::connect_raw(executor, endpoint, kDialTimeout, [pid, family] {
            return socket_in_namespace(pid, family);
        });
    };
    auto connected = co_await inside("127.0.0.1");
    if (connected || connected.error().reason == Reason::Forbidden) co_return connected;
    auto by_v6 = co_await inside("::1");
    if (by_v6) co_return by_v6;
    co_return connected;
}

Awaitable<Connection> dial_address(
    boost::asio::any_io_executor executor, std::string address, std::uint16_t port) {
    boost::system::error_code invalid;
    const auto parsed = boost::asio::ip::make_address(address, invalid);
    if (invalid) co_return Error{Reason::ServiceUnavailable, "the pod has no address"};
    co_return co_await http::connect_raw(executor, {parsed, port}, kDialTimeout);
}

}  // namespace

Awaitable<Connection> dial_pod_port(
    boost::asio::any_io_executor executor, PodNetwork network, std::uint16_t port) {
    Connection connected = Error{Reason::Forbidden, {}};
    if (network.host) {
        connected = co_await dial_address(executor, "127.0.0.1", port);
        if (!connected) connected = co_await dial_address(executor, network.address, port);
    } else {
        if (network.pid > 0) connected = co_await dial_inside(executor, network.pid, port);
        if (!connected && connected.error().reason == Reason::Forbidden)
            connected = co_await dial_address(executor, network.address, port);
    }
    if (connected) co_return connected;
    co_return Error{
        Reason::ServiceUnavailable,
        fmt::format("cannot connect to port {} of the pod: {}", port, connected.error().message)};
}

Result<std::uint16_t> parse_port(const std::string& text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error == std::errc() && end == text.data() + text.size() && port > 0) return port;
    return bad_request(fmt::format("\"{}\" is not a port", text));
}

}  // namespace picket::nodeagent
