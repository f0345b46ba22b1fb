#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace picket::http {

/// Where a client connects: "https://host:port[/prefix]", "http://host:port[/prefix]",
/// "unix:///path".
struct Endpoint {
    enum class Transport { Tcp, Tls, Unix };
    Transport transport = Transport::Tls;
    std::string host;  ///< name or address, without brackets
    std::uint16_t port = 0;
    std::string
        path;  ///< Unix: the socket's path; otherwise the prefix of every target, mostly empty
};
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url);

struct ClientOptions {
    Endpoint endpoint;
    std::string ca_pem = {};       ///< trusted roots for TLS; empty: the system's
    std::string server_name = {};  ///< checked instead of the endpoint's host
    bool insecure_skip_verify = false;
    std::string client_certificate_pem = {};
    std::string client_key_pem = {};
    /// Accept the server if any certificate of its chain has this SHA-256 (hex of DER), whatever
    /// `ca_pem` says: how a join token pins the CA before the agent has it.
    std::string pinned_sha256 = {};
    std::chrono::seconds connect_timeout{10};
    std::size_t max_idle_connections = 2;
};

struct ClientResponse {
    unsigned status = 0;
    Headers headers = {};
    std::string body = {};
};

/// A response whose body is read as it comes. Closed when destroyed.
class StreamingResponse {
public:
    virtual ~StreamingResponse() = default;
    [[nodiscard]] virtual unsigned status() const = 0;
    [[nodiscard]] virtual const Headers& headers() const = 0;
    /// The next bytes of the body, empty at its end; Timeout when nothing comes within `timeout`.
    virtual Awaitable<Result<std::string>> read_some(std::chrono::milliseconds timeout) = 0;
    /// The next line without its newline; nothing at the end. Lines longer than `kMaxLine` are an
    /// error.
    virtual Awaitable<Result<std::optional<std::string>>> read_line(
        std::chrono::milliseconds timeout) = 0;
    static constexpr std::size_t kMaxLine = 8U << 20U;
};

/// HTTP/1.1 client of one endpoint with a small pool of kept-alive connections. Loop thread only.
/// Errors: Unavailable (cannot connect, connection lost before an answer), Timeout; an answered
/// request is a success whatever its status. A request is sent again on a fresh connection only if
/// a pooled one turned out to be closed before any byte of an answer and the request is a GET or
/// HEAD, or the connection failed before it was written.
class Client {
public:
    Client(boost::asio::any_io_executor executor, ClientOptions options);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    Awaitable<Result<ClientResponse>> send(Request request, std::chrono::milliseconds timeout);
    /// Returns when the header of the answer is there (at most `timeout`). Always on a connection
    /// of its own.
    Awaitable<Result<std::unique_ptr<StreamingResponse>>> open(
        Request request, std::chrono::milliseconds timeout);
    /// Adds the Connection/Upgrade headers; succeeds on 101. Any other answer: an Error with its
    /// reason by status and its body as the message. Always on a connection of its own.
    Awaitable<Result<std::unique_ptr<ByteStream>>> upgrade(
        Request request, std::string protocol, std::chrono::milliseconds timeout);
    /// PEM of the certificate that matched `pinned_sha256` on the last handshake; empty before.
    [[nodiscard]] const std::string& pinned_certificate_pem() const;
    [[nodiscard]] const Endpoint& endpoint() const;

private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace picket::http
