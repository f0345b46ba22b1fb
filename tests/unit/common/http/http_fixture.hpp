#pragma once
/// A server and clients for it on one loop. Used by every test of this folder that needs a
/// connection.
#include "common/http/client.hpp"
#include "common/http/server.hpp"
#include "common/http/tls.hpp"
#include "tests/support/run_async.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace picket::http::testing {

/// Long enough for a busy machine; a test that waits this long has failed.
inline constexpr std::chrono::seconds kPatience{30};

struct TestCertificates {
    tls::KeyPair ca = tls::make_ca("picket test CA", SystemClock().now());
    tls::KeyPair server = *tls::make_server_certificate(
        ca, "server", {"127.0.0.1", "picket.test"}, SystemClock().now());

    /// Leaf first, then the CA, as the server presents them.
    [[nodiscard]] tls::KeyPair chain() const {
        return {server.certificate_pem + ca.certificate_pem, server.key_pem};
    }
};
const TestCertificates& test_certificates();

Response text(std::string body, unsigned status = 200);
Awaitable<Response> hello(Request request);
/// Answers every failure with its message.
Response explain(const Error& error, unsigned status);

class HttpFixture {
public:
    HttpFixture() : HttpFixture(ServerLimits{}) {}
    explicit HttpFixture(ServerLimits limits, bool secure = false);
    ~HttpFixture();
    HttpFixture(const HttpFixture&) = delete;
    HttpFixture& operator=(const HttpFixture&) = delete;

    /// Starts the server with this handler.
    void serve(Handler handler);
    [[nodiscard]] ClientOptions client_options() const;
    Client& client();
    ClientResponse send(Request request);
    /// Runs the loop until `condition` holds.
    template <class Condition>
    void run_until(Condition condition) {
        runner.run(poll_until<Condition>(std::move(condition)));
    }

    picket::testing::AsyncRunner runner;
    ServerLimits limits;
    bool secure;
    std::unique_ptr<Server> server;

private:
    template <class Condition>
    static Awaitable<> poll_until(Condition condition);

    std::unique_ptr<Client> client_;
};

/// A client that speaks bytes, for what no proper client sends.
class RawClient {
public:
    explicit RawClient(HttpFixture& fixture);

    void send(std::string text);
    /// Everything up to the end of the stream.
    std::string read_all();
    /// Everything up to and with `end`.
    std::string read_until(std::string end);
    void close() { socket_.close(); }

private:
    HttpFixture& fixture_;
    boost::asio::ip::tcp::socket socket_;
    std::string received_;
};

template <class Condition>
Awaitable<> HttpFixture::poll_until(Condition condition) {
    // Each turn lets the loop do what is ready; the runner's deadline ends a condition that never
    // comes true.
    while (!condition()) {
        boost::asio::steady_timer turn(
            co_await boost::asio::this_coro::executor, std::chrono::milliseconds(1));
        co_await turn.async_wait(use_awaitable);
    }
}

}  // namespace picket::http::testing
