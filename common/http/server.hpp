#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"
#include "common/http/tls.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace picket::http {

using Handler = std::function<Awaitable<Response>(Request)>;
/// Renders a failure that happens before or around the handler (too large, malformed, timed out,
/// thrown). The HTTP status may be finer than the error's reason: 408, 431.
using ErrorResponder = std::function<Response(const Error&, unsigned status)>;

/// Every limit is explicit; what exceeds one is answered with an error where the protocol still
/// allows it.
struct ServerLimits {
    std::size_t body_bytes = 3U << 20U;     ///< more → 413
    std::size_t header_bytes = 64U << 10U;  ///< more → 431
    std::size_t connections = 25'000;       ///< more → 503 and close
    std::chrono::milliseconds header_timeout{
        15'000};  ///< from first byte of a request (or accept) to its whole header
    std::chrono::milliseconds body_timeout{30'000};
    std::chrono::milliseconds idle_timeout{
        300'000};  ///< between requests of a kept-alive connection
    std::chrono::milliseconds write_timeout{
        30'000};  ///< one write that the peer does not take: connection is dropped
};

struct ServerOptions {
    std::string listen = "127.0.0.1:6443";  ///< address:port, [v6]:port; port 0 picks a free
                                            ///< one; or unix:///path, for its owner alone
    /// TLS with this certificate (leaf first, then CA); plain HTTP if absent.
    std::optional<tls::KeyPair> tls;
    ServerLimits limits;
};

/// HTTP/1.1 server on the loop thread.
/// HEAD is passed on as Get with the body left out; `Date` is set on every answer; keep-alive and
/// pipelined requests are served in order. A handler's exception becomes 500 through the
/// ErrorResponder, and is logged.
class Server {
public:
    Server(
        boost::asio::any_io_executor executor,
        ServerOptions options,
        Handler handler,
        ErrorResponder on_error);
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds and begins to accept. The error names the address and the reason.
    Result<void> start();
    /// The bound port, after start().
    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;
    /// Stops accepting, ends streams, lets running requests finish for up to `grace`, then closes
    /// all.
    Awaitable<> stop(std::chrono::seconds grace = std::chrono::seconds{5});

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace picket::http
