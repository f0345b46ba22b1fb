#include "common/async/task_group.hpp"
#include "common/async/timing.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/common/http/http_fixture.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using namespace picket::http::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

namespace asio = boost::asio;

Awaitable<Response> never(Request) {
    co_await sleep_for(24h);
    co_return Response{};
}

/// A server that answers each connection in turn with the next of its scripts, then closes it.
class ScriptedServer {
public:
    ScriptedServer(picket::testing::AsyncRunner& runner, std::vector<std::string> answers)
        : runner_(runner),
          acceptor_(runner.executor(), {asio::ip::make_address("127.0.0.1"), 0}),
          tasks_(runner.executor()) {
        tasks_.spawn("script", serve(std::move(answers)));
    }
    ~ScriptedServer() { runner_.run(tasks_.stop()); }

    [[nodiscard]] ClientOptions options() const {
        ClientOptions made;
        made.endpoint = {
            Endpoint::Transport::Tcp, "127.0.0.1", acceptor_.local_endpoint().port(), ""};
        return made;
    }
    std::vector<std::string> heads;  // of the requests

private:
    Awaitable<> serve(std::vector<std::string> answers) {
        for (const auto& answer : answers) {
            auto socket = co_await acceptor_.async_accept(use_awaitable);
            std::string received;
            co_await asio::async_read_until(
                socket, asio::dynamic_buffer(received), "\r\n\r\n", as_result);
            heads.push_back(received);
            co_await asio::async_write(socket, asio::buffer(answer), as_result);
        }
    }

    picket::testing::AsyncRunner& runner_;
    asio::ip::tcp::acceptor acceptor_;
    TaskGroup tasks_;
};

Request of(Method method) {
    Request request;
    request.method = method;
    return request;
}

}  // namespace

TEST_CASE(
    "Client: an answer may be told by length, in chunks, or by the end of the connection",
    "[http_client]") {
    struct Row {
        const char* name;
        std::string answer;
    };
    const auto row = GENERATE(
        Row{"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"},
        Row{"chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
            "chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"},
        Row{"end", "HTTP/1.1 200 OK\r\n\r\nhello"},
        Row{"after an interim answer",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"});
    CAPTURE(row.name);
    picket::testing::AsyncRunner runner;
    ScriptedServer server(runner, {row.answer});
    Client client(runner.executor(), server.options());
    const auto response = runner.run(client.send({}, kPatience));
    REQUIRE(response.has_value());
    REQUIRE(response->body == "hello");
}

TEST_CASE("Client: an answer that is cut short or no HTTP is Unavailable", "[http_client]") {
    const auto* answer = GENERATE(
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
        "220 mail.example ESMTP\r\n\r\n");
    CAPTURE(answer);
    picket::testing::AsyncRunner runner;
    ScriptedServer server(runner, {answer});
    Client client(runner.executor(), server.options());
    const auto response = runner.run(client.send({}, kPatience));
    REQUIRE_FALSE(response.has_value());
    REQUIRE(response.error().reason == Reason::ServiceUnavailable);
}

TEST_CASE("Client: a kept connection that was closed meanwhile costs nothing", "[http_client]") {
    picket::testing::AsyncRunner runner;
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    ScriptedServer server(runner, {answer, answer});
    Client client(runner.executor(), server.options());
    const auto method = GENERATE(Method::Get, Method::Post);
    REQUIRE(runner.run(client.send(of(method), kPatience)).has_value());
    REQUIRE(runner.run(client.send(of(method), kPatience)).has_value());
    REQUIRE(server.heads.size() == 2);
}

TEST_CASE("Client: a request without answer is not sent twice", "[http_client]") {
    picket::testing::AsyncRunner runner;
    ScriptedServer server(runner, {"", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"});
    Client client(runner.executor(), server.options());
    REQUIRE_FALSE(runner.run(client.send(of(Method::Post), kPatience)).has_value());
    REQUIRE(server.heads.size() == 1);
}

TEST_CASE("Client: a server that does not answer in time is a Timeout", "[http_client]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve([](Request request) {
        return request.method == Method::Post ? never(std::move(request))
                                              : hello(std::move(request));
    });
    // Connected before: what is short is the time for the answer alone.
    fixture.send({});
    const auto sent = fixture.runner.run(fixture.client().send(of(Method::Post), 20ms));
    REQUIRE_FALSE(sent.has_value());
    REQUIRE(sent.error().reason == Reason::Timeout);
    fixture.send({});
    const auto opened = fixture.runner.run(fixture.client().open(of(Method::Post), 20ms));
    REQUIRE_FALSE(opened.has_value());
    REQUIRE(opened.error().reason == Reason::Timeout);
}

TEST_CASE("Client: after a read timed out the stream may be read on", "[http_client]") {
    HttpFixture fixture;
    Notification go(fixture.runner.executor());
    fixture.serve([&go](Request) -> Awaitable<Response> {
        Response response;
        response.stream = [&go](BodyWriter& writer) -> Awaitable<void> {
            REQUIRE((co_await writer.write({bytes("half a ")})).has_value());
            co_await go.wait();
            REQUIRE((co_await writer.write({bytes("line\nrest")})).has_value());
        };
        co_return response;
    });
    auto opened = fixture.runner.run(fixture.client().open({}, kPatience));
    REQUIRE(opened.has_value());
    REQUIRE(fixture.runner.run((*opened)->read_line(20ms)).error().reason == Reason::Timeout);
    go.notify();
    REQUIRE(*fixture.runner.run((*opened)->read_line(kPatience)) == "half a line");
    REQUIRE(*fixture.runner.run((*opened)->read_line(kPatience)) == "rest");
    REQUIRE_FALSE((*fixture.runner.run((*opened)->read_line(kPatience))).has_value());
}

TEST_CASE("Client: nobody listens", "[http_client]") {
    picket::testing::AsyncRunner runner;
    ClientOptions options;
    {
        asio::ip::tcp::acceptor free_port(
            runner.executor(), {asio::ip::make_address("127.0.0.1"), 0});
        options.endpoint = {
            Endpoint::Transport::Tcp, "127.0.0.1", free_port.local_endpoint().port(), ""};
    }
    Client client(runner.executor(), options);
    const auto sent = runner.run(client.send({}, kPatience));
    REQUIRE_FALSE(sent.has_value());
    REQUIRE(sent.error().reason == Reason::ServiceUnavailable);
    REQUIRE_THAT(sent.error().message, Contains("cannot connect to http://127.0.0.1:"));
}

TEST_CASE("Client: names are resolved", "[http_client]") {
    HttpFixture fixture;
    fixture.serve(hello);
    auto options = fixture.client_options();
    options.endpoint.host = "localhost";
    Client client(fixture.runner.executor(), options);
    REQUIRE(fixture.runner.run(client.send({}, kPatience)).has_value());
}

TEST_CASE("Client: speaks over a Unix socket", "[http_client]") {
    picket::testing::AsyncRunner runner;
    const picket::testing::TemporaryDirectory folder;
    const auto path = (folder.path() / "s.sock").string();
    asio::local::stream_protocol::acceptor acceptor(runner.executor(), {path});
    std::string received;
    TaskGroup tasks(runner.executor());
    tasks.spawn("server", [](auto& listening, std::string& request) -> Awaitable<> {
        auto socket = co_await listening.async_accept(use_awaitable);
        co_await asio::async_read_until(
            socket, asio::dynamic_buffer(request), "\r\n\r\n", use_awaitable);
        const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        co_await asio::async_write(socket, asio::buffer(answer), use_awaitable);
    }(acceptor, received));
    ClientOptions options;
    options.endpoint = *parse_endpoint("unix://" + path);
    Client client(runner.executor(), options);
    Request request;
    request.target = "/v1.41/info";
    const auto response = runner.run(client.send(request, kPatience));
    REQUIRE(response.has_value());
    REQUIRE(response->body == "ok");
    REQUIRE_THAT(
        received, Catch::Matchers::StartsWith("GET /v1.41/info HTTP/1.1\r\nHost: localhost\r\n"));
    runner.run(tasks.stop());
}

TEST_CASE("Client: a request that would break the protocol is not sent", "[http_client]") {
    picket::testing::AsyncRunner runner;
    ClientOptions options;
    options.endpoint = {Endpoint::Transport::Tcp, "127.0.0.1", 1, ""};
    Client client(runner.executor(), options);
    Request request;
    SECTION("line end in a header") {
        request.headers.add("A", "b\r\nC: d");
    }
    SECTION("space in the target") {
        request.target = "/a b";
    }
    SECTION("line end in the target") {
        request.target = "/a\r\nX: y";
    }
    SECTION("unknown method") {
        request.method = Method::Other;
    }
    const auto sent = runner.run(client.send(request, kPatience));
    REQUIRE(sent.error().reason == Reason::BadRequest);
}
