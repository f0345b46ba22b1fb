#include "tests/unit/common/http/http_fixture.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

#include <utility>

namespace picket::http::testing {
namespace {

namespace asio = boost::asio;

Awaitable<std::string> read_to_end(asio::ip::tcp::socket& socket, std::string& received) {
    co_await asio::async_read(socket, asio::dynamic_buffer(received), as_result);
    co_return std::exchange(received, {});
}

Awaitable<std::string> read_to(
    asio::ip::tcp::socket& socket, std::string& received, std::string end) {
    const auto size =
        co_await asio::async_read_until(socket, asio::dynamic_buffer(received), end, use_awaitable);
    auto text = received.substr(0, size);
    received.erase(0, size);
    co_return text;
}

Awaitable<> write_all(asio::ip::tcp::socket& socket, std::string text) {
    co_await asio::async_write(socket, asio::buffer(text), as_result);
}

}  // namespace

const TestCertificates& test_certificates() {
    static const TestCertificates certificates;
    return certificates;
}

Response text(std::string body, unsigned status) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "text/plain");
    response.body.push_back(bytes(std::move(body)));
    return response;
}

Awaitable<Response> hello(Request /*request*/) {
    co_return text("hello");
}

Response explain(const Error& error, unsigned /*status*/) {
    return text(error.message, http_status(error.reason));
}

HttpFixture::HttpFixture(ServerLimits the_limits, bool with_tls)
    : limits(the_limits), secure(with_tls) {}

HttpFixture::~HttpFixture() {
    client_.reset();
    if (server) runner.run(server->stop(std::chrono::seconds{0}));
}

void HttpFixture::serve(Handler handler) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.limits = limits;
    if (secure) options.tls = test_certificates().chain();
    server = std::make_unique<Server>(runner.executor(), options, std::move(handler), explain);
    const auto started = server->start();
    REQUIRE(started.has_value());
}

ClientOptions HttpFixture::client_options() const {
    ClientOptions options;
    options.endpoint.transport = secure ? Endpoint::Transport::Tls : Endpoint::Transport::Tcp;
    options.endpoint.host = "127.0.0.1";
    options.endpoint.port = server->port();
    if (secure) options.ca_pem = test_certificates().ca.certificate_pem;
    return options;
}

Client& HttpFixture::client() {
    if (!client_) client_ = std::make_unique<Client>(runner.executor(), client_options());
    return *client_;
}

ClientResponse HttpFixture::send(Request request) {
    auto answered = runner.run(client().send(std::move(request), kPatience));
    if (!answered) FAIL(answered.error().message);
    return *answered;
}

RawClient::RawClient(HttpFixture& fixture) : fixture_(fixture), socket_(fixture.runner.executor()) {
    socket_.connect({asio::ip::make_address("127.0.0.1"), fixture.server->port()});
}

void RawClient::send(std::string text) {
    fixture_.runner.run(write_all(socket_, std::move(text)));
}

std::string RawClient::read_all() {
    return fixture_.runner.run(read_to_end(socket_, received_));
}

std::string RawClient::read_until(std::string end) {
    return fixture_.runner.run(read_to(socket_, received_, std::move(end)));
}

}  // namespace picket::http::testing
