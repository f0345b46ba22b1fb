#include "common/http/server.hpp"

#include "common/async/loop_clock.hpp"
#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "common/base/log.hpp"
#include "common/http/detail/server_session.hpp"
#include "common/http/detail/tls_transport.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <cstring>
#include <map>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace picket::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using detail::ServerSession;

/// Beyond the limit some more connections are answered that the server is full; beyond those they
/// are just closed.
constexpr std::size_t kRefusals = 64;
/// The pause after accept() failed for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{100};

Error cannot_listen(std::string_view address, std::string_view why) {
    return {Reason::BadRequest, fmt::format("cannot listen on {}: {}", address, why)};
}

using Acceptor = asio::basic_socket_acceptor<asio::generic::stream_protocol>;
using Address = asio::generic::stream_protocol::endpoint;

struct ListenAddress {
    std::string path;  ///< of a socket file; empty: TCP
    tcp::endpoint tcp;

    [[nodiscard]] Address address() const {
        return path.empty() ? Address(tcp) : Address(asio::local::stream_protocol::endpoint(path));
    }
};

/// The file of "unix:///path"; empty for an address.
std::string socket_path(std::string_view listen) {
    constexpr std::string_view kUnix = "unix://";
    return listen.starts_with(kUnix) ? std::string(listen.substr(kUnix.size())) : std::string();
}

/// "address:port", "[v6]:port" or "unix:///path".
Result<ListenAddress> parse_listen(std::string_view text) {
    if (auto path = socket_path(text); !path.empty()) {
        if (path.size() >= sizeof(sockaddr_un::sun_path))
            return cannot_listen(text, "the path is too long");
        return ListenAddress{std::move(path), {}};
    }
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return cannot_listen(text, "it has no port");
    auto host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    error_code error;
    const auto address = asio::ip::make_address(std::string(host), error);
    if (error) return cannot_listen(text, "it does not begin with an IP address");
    const auto digits = text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (problem != std::errc{} || end != digits.data() + digits.size()) {
        return cannot_listen(text, "the port is not a number from 0 to 65535");
    }
    return ListenAddress{{}, tcp::endpoint(address, port)};
}

bool is_tcp(const Address& address) {
    return address.protocol().family() != AF_UNIX;
}

tcp::endpoint as_tcp(const Address& address) {
    tcp::endpoint endpoint;
    endpoint.resize(address.size());
    std::memcpy(endpoint.data(), address.data(), address.size());
    return endpoint;
}

std::string format_peer(const Address& peer) {
    if (!is_tcp(peer)) return "unix";
    const auto endpoint = as_tcp(peer);
    const auto address = endpoint.address().to_string();
    return fmt::format(
        fmt::runtime(endpoint.address().is_v6() ? "[{}]:{}" : "{}:{}"), address, endpoint.port());
}

}  // namespace

class Server::Impl {
public:
    Impl(
        asio::any_io_executor executor,
        ServerOptions options,
        Handler handler,
        ErrorResponder on_error)
        : executor_(std::move(executor)),
          options_(std::move(options)),
          context_(options_.limits, std::move(handler), std::move(on_error)),
          acceptor_(executor_),
          drained_(executor_),
          tasks_(executor_) {}

    Result<void> start();
    Awaitable<> stop(std::chrono::seconds grace);
    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t connections() const { return sessions_.size(); }

private:
    Result<void> bind(const Address& endpoint);
    Awaitable<> accept();
    void begin_session(detail::Socket socket);
    Awaitable<> serve(std::shared_ptr<detail::Transport> transport, std::string peer);
    std::shared_ptr<detail::Transport> make_transport(detail::Socket socket);
    template <class Act>
    void for_each_session(Act act);

    asio::any_io_executor executor_;
    ServerOptions options_;
    detail::SessionContext context_;
    detail::SslContext tls_;
    Acceptor acceptor_;
    std::uint16_t port_ = 0;
    std::map<std::uint64_t, ServerSession*> sessions_;  // in the order they came
    std::uint64_t next_session_ = 0;
    Notification drained_;
    TaskGroup tasks_;
};

Result<void> Server::Impl::start() {
    const auto endpoint = parse_listen(options_.listen);
    if (!endpoint) return endpoint.error();
    if (options_.tls) {
        auto context = detail::make_server_context(*options_.tls);
        if (!context) return cannot_listen(options_.listen, context.error().message);
        tls_ = std::move(*context);
    }
    auto bound = bind(endpoint->address());
    if (!bound) return bound.error();
    tasks_.spawn("http accept", accept());
    return Ok();
}

Result<void> Server::Impl::bind(const Address& endpoint) {
    const auto path = socket_path(options_.listen);
    if (!path.empty()) ::unlink(path.c_str());  // left by a process that was killed
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(Acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    // Whoever may open the file may talk to the server: there is no TLS on it.
    if (!error && !path.empty() && ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
        error = error_code(errno, boost::system::system_category());
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(options_.listen, error.message());
    if (is_tcp(endpoint)) port_ = as_tcp(acceptor_.local_endpoint()).port();
    return Ok();
}

Awaitable<> Server::Impl::accept() {
    while (acceptor_.is_open()) {
        auto [error, socket] = co_await acceptor_.async_accept(as_result);
        if (!error) {
            begin_session(std::move(socket));
        } else if (error == asio::error::operation_aborted) {
            co_return;
        } else if (error != asio::error::connection_aborted) {
            logger("http")->warn(
                "cannot accept connections={} error={}", sessions_.size(), error.message());
            co_await sleep_for(kAcceptPause);
        }
    }
}

std::shared_ptr<detail::Transport> Server::Impl::make_transport(detail::Socket socket) {
    if (tls_) return detail::make_tls_server_transport(std::move(socket), tls_.get());
    return detail::make_plain_transport(std::move(socket));
}

void Server::Impl::begin_session(detail::Socket socket) {
    error_code gone;
    const auto peer = socket.remote_endpoint(gone);
    if (gone || sessions_.size() >= options_.limits.connections + kRefusals) return;
    if (is_tcp(peer)) detail::tune_tcp(socket);
    tasks_.spawn("http session", serve(make_transport(std::move(socket)), format_peer(peer)));
}

Awaitable<> Server::Impl::serve(std::shared_ptr<detail::Transport> transport, std::string peer) {
    ServerSession session(context_, std::move(transport), std::move(peer));
    if (sessions_.size() >= options_.limits.connections) {
        session.refuse({Reason::ServiceUnavailable, "the server has too many connections"});
    }
    const auto number = next_session_++;
    sessions_.emplace(number, &session);
    co_await session.run();
    sessions_.erase(number);
    drained_.notify();
}

template <class Act>
void Server::Impl::for_each_session(Act act) {
    const auto sessions = sessions_;  // a session may end while it is told to
    for (const auto& [number, session] : sessions) {
        if (sessions_.contains(number)) act(*session);
    }
}

Awaitable<> Server::Impl::stop(std::chrono::seconds grace) {
    context_.stopping = true;
    error_code closed;  // stop() may be called again
    acceptor_.close(closed);
    if (const auto path = socket_path(options_.listen); !path.empty()) ::unlink(path.c_str());
    for_each_session([](ServerSession& session) { session.finish(); });
    const auto end = LoopClock::now() + grace;
    while (!sessions_.empty() && LoopClock::now() < end) {
        co_await drained_.wait_for(end - LoopClock::now());
    }
    for_each_session([](ServerSession& session) { session.abort(); });
    co_await tasks_.stop();
}

Server::Server(
    asio::any_io_executor executor, ServerOptions options, Handler handler, ErrorResponder on_error)
    : impl_(std::make_unique<Impl>(
          std::move(executor), std::move(options), std::move(handler), std::move(on_error))) {}

Server::~Server() = default;

Result<void> Server::start() {
    return impl_->start();
}

std::uint16_t Server::port() const {
    return impl_->port();
}

std::size_t Server::connections() const {
    return impl_->connections();
}

Awaitable<> Server::stop(std::chrono::seconds grace) {
    return impl_->stop(grace);
}

}  // namespace picket::http
