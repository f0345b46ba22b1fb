// What no proper client sends: malformed, oversized, slow and vanishing peers.
#include "common/async/timing.hpp"
#include "tests/unit/common/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using namespace picket::http::testing;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

Awaitable<Response> echo_body(Request request) {
    co_return text(request.target + ":" + request.body);
}

constexpr const char* kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
constexpr const char* kGetClose = "GET /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

ServerLimits small_limits() {
    ServerLimits limits;
    limits.body_bytes = 1'000;
    limits.header_bytes = 2'000;
    return limits;
}

/// Counts the streams that run, so that a test sees them end. Outlives the fixture that serves it.
struct Streams {
    int running = 0;
    bool cancelled = false;

    Awaitable<void> silent(BodyWriter&) {
        ++running;
        try {
            co_await sleep_for(24h);
        } catch (const boost::system::system_error&) {
            cancelled = true;
        }
        --running;
    }
    Awaitable<void> endless(BodyWriter& writer) {
        ++running;
        const auto block = bytes(std::string(1U << 20U, 'x'));
        while (co_await writer.write({block})) {
        }
        --running;
    }
    Handler handler(Awaitable<void> (Streams::*stream)(BodyWriter&)) {
        return [this, stream](Request) { return answer(stream); };
    }
    Awaitable<Response> answer(Awaitable<void> (Streams::*stream)(BodyWriter&)) {
        Response response;
        response.stream = [this, stream](BodyWriter& writer) { return (this->*stream)(writer); };
        co_return response;
    }
};

}  // namespace

TEST_CASE("Server: pipelined requests are answered in order", "[http_server]") {
    HttpFixture fixture;
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send(
        std::string(kGet) + "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi" +
        kGetClose);
    const auto answers = raw.read_all();
    const auto first = answers.find("\r\n\r\n/a:");
    const auto second = answers.find("\r\n\r\n/c:hi");
    const auto third = answers.find("\r\n\r\n/b:");
    REQUIRE(first < second);
    REQUIRE(second < third);
    REQUIRE(third != std::string::npos);
    REQUIRE_THAT(answers, Contains("Connection: close"));
}

TEST_CASE("Server: a request may come byte by byte and its body in chunks", "[http_server]") {
    HttpFixture fixture;
    fixture.serve(echo_body);
    RawClient raw(fixture);
    const std::string request =
        "POST /p HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        "3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nTrailer: t\r\n\r\n";
    for (const char c : request) raw.send(std::string(1, c));
    REQUIRE_THAT(raw.read_all(), Contains("\r\n\r\n/p:abcdefg"));
}

TEST_CASE("Server: Expect: 100-continue is answered before the body comes", "[http_server]") {
    HttpFixture fixture;
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send(
        "POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\nConnection: "
        "close\r\n\r\n");
    REQUIRE(raw.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
    raw.send("ok");
    REQUIRE_THAT(raw.read_all(), StartsWith("HTTP/1.1 200 OK") && Contains("/e:ok"));
}

TEST_CASE("Server: HTTP/1.0 gets a plain answer and the end of the connection", "[http_server]") {
    HttpFixture fixture;
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send("GET /old HTTP/1.0\r\n\r\n");
    REQUIRE_THAT(raw.read_all(), Contains("/old:") && !Contains("chunked"));
}

TEST_CASE(
    "Server: what it cannot or will not read is refused, and the connection closed",
    "[http_server]") {
    struct Row {
        const char* name;
        std::string request;
        const char* status;
    };
    const std::string many_fields = [] {
        std::string fields;
        for (int i = 0; i < 500; ++i) fields += "F" + std::to_string(i) + ": v\r\n";
        return fields;
    }();
    const auto row = GENERATE_COPY(
        Row{"no HTTP", "hello there\r\n\r\n", "400"},
        Row{"a control character in a field",
            "GET / HTTP/1.1\r\nHost: h\r\nA: b\x01\r\n\r\n",
            "400"},
        Row{"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
        Row{"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
        Row{"two lengths",
            "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "400"},
        Row{"length and chunks",
            "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "400"},
        Row{"a negative length", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
        Row{"a space before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", "400"},
        Row{"an announced body too large",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n",
            "413"},
        Row{"a chunked body too large",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n258\r\n" +
                std::string(600, 'a') + "\r\n258\r\n" + std::string(600, 'a') + "\r\n",
            "413"},
        Row{"a chunk size that overflows",
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: "
            "chunked\r\n\r\nffffffffffffffffff\r\n",
            "400"},
        Row{"one long field",
            "GET / HTTP/1.1\r\nA: " + std::string(3'000, 'a') + "\r\n\r\n",
            "431"},
        Row{"a long target",
            "GET /" + std::string(3'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n",
            "431"},
        Row{"many short fields", "GET / HTTP/1.1\r\n" + many_fields + "\r\n", "431"},
        Row{"a header without end", "GET / HTTP/1.1\r\n" + many_fields, "431"});
    CAPTURE(row.name);
    HttpFixture fixture(small_limits());
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send(row.request);
    const auto answer = raw.read_all();
    REQUIRE_THAT(
        answer, StartsWith(std::string("HTTP/1.1 ") + row.status) && Contains("Connection: close"));
}

TEST_CASE("Server: many short fields are refused also when they come one by one", "[http_server]") {
    HttpFixture fixture(small_limits());
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 300; ++i) {
        raw.send("Field: v\r\n");
        fixture.runner.poll();
    }
    REQUIRE_THAT(raw.read_all(), StartsWith("HTTP/1.1 431"));
}

TEST_CASE("Server: slow requests time out, idle connections are closed", "[http_server]") {
    struct Row {
        const char* name;
        std::string sent;
        const char* answer;
    };
    const auto row = GENERATE(
        Row{"nothing comes", "", ""},
        Row{"half a header", "GET / HTTP/1.1\r\nHo", "HTTP/1.1 408"},
        Row{"half a body",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc",
            "HTTP/1.1 408"},
        Row{"idle after an answer", kGet, "HTTP/1.1 200"});
    CAPTURE(row.name);
    ServerLimits limits;
    limits.header_timeout = limits.body_timeout = limits.idle_timeout = 20ms;
    HttpFixture fixture(limits);
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send(row.sent);
    REQUIRE_THAT(raw.read_all(), StartsWith(row.answer));
}

TEST_CASE("Server: a TLS client that never speaks is dropped", "[http_server]") {
    ServerLimits limits;
    limits.header_timeout = 20ms;
    HttpFixture fixture(limits, true);
    fixture.serve(echo_body);
    RawClient raw(fixture);
    REQUIRE(raw.read_all().empty());
}

TEST_CASE("Server: plain HTTP on the TLS port gets a hint", "[http_server]") {
    HttpFixture fixture(ServerLimits{}, true);
    fixture.serve(echo_body);
    RawClient raw(fixture);
    raw.send(kGet);
    REQUIRE_THAT(raw.read_all(), StartsWith("HTTP/1.0 400") && Contains("HTTPS"));
}

TEST_CASE("Server: a silent stream is cancelled when its client goes away", "[http_server]") {
    Streams streams;
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(streams.handler(&Streams::silent));
    auto opened = fixture.runner.run(fixture.client().open({}, kPatience));
    REQUIRE(opened.has_value());
    fixture.run_until([&] { return streams.running == 1; });
    opened->reset();
    fixture.run_until([&] { return fixture.server->connections() == 0; });
    REQUIRE(streams.cancelled);
    REQUIRE(streams.running == 0);
}

TEST_CASE(
    "Server: a stream whose client takes nothing is ended after the write timeout",
    "[http_server]") {
    ServerLimits limits;
    limits.write_timeout = 50ms;
    Streams streams;
    HttpFixture fixture(limits, GENERATE(false, true));
    fixture.serve(streams.handler(&Streams::endless));
    auto opened = fixture.runner.run(fixture.client().open({}, kPatience));
    REQUIRE(opened.has_value());
    fixture.run_until([&] { return fixture.server->connections() == 0; });
    REQUIRE(streams.running == 0);
}

TEST_CASE("Server: a client may read an endless stream for as long as it likes", "[http_server]") {
    Streams streams;
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(streams.handler(&Streams::endless));
    auto opened = fixture.runner.run(fixture.client().open({}, kPatience));
    REQUIRE(opened.has_value());
    std::size_t received = 0;
    while (received < (8U << 20U)) {
        const auto some =
            fixture.runner.run((*opened)->read_some(std::chrono::milliseconds::max()));
        REQUIRE(some.has_value());
        REQUIRE(some->find_first_not_of('x') == std::string::npos);
        received += some->size();
    }
}

TEST_CASE(
    "Server: stop ends streams with their last chunk and waits for running requests",
    "[http_server]") {
    Streams streams;
    HttpFixture fixture;
    fixture.serve(streams.handler(&Streams::silent));
    RawClient raw(fixture);
    RawClient idle(fixture);
    raw.send(kGet);
    fixture.run_until([&] { return streams.running == 1; });
    fixture.runner.run(fixture.server->stop(30s));
    REQUIRE(fixture.server->connections() == 0);
    REQUIRE_THAT(raw.read_all(), Contains("chunked") && Catch::Matchers::EndsWith("0\r\n\r\n"));
    REQUIRE(idle.read_all().empty());
}

TEST_CASE("Server: stop cancels a handler that does not end within the grace", "[http_server]") {
    HttpFixture fixture;
    bool started = false;
    fixture.serve([&started](Request) -> Awaitable<Response> {
        started = true;
        co_await sleep_for(24h);
        co_return Response{};
    });
    RawClient raw(fixture);
    raw.send(kGet);
    fixture.run_until([&] { return started; });
    fixture.runner.run(fixture.server->stop(0s));
    REQUIRE(fixture.server->connections() == 0);
}

TEST_CASE("Server: beyond its connections it answers 503 and closes", "[http_server]") {
    ServerLimits limits;
    limits.connections = 1;
    HttpFixture fixture(limits, GENERATE(false, true));
    fixture.serve(echo_body);
    REQUIRE(fixture.send({}).status == 200);
    Client second(fixture.runner.executor(), fixture.client_options());
    const auto refused = fixture.runner.run(second.send({}, kPatience));
    REQUIRE(refused.has_value());
    REQUIRE(refused->status == 503);
    REQUIRE(fixture.send({}).status == 200);
}

TEST_CASE("Server: an address it cannot use is an error that names it", "[http_server]") {
    picket::testing::AsyncRunner runner;
    const auto* listen =
        GENERATE("nonsense", "127.0.0.1", "127.0.0.1:99999", "192.0.2.1:0", "host:80");
    CAPTURE(listen);
    ServerOptions options;
    options.listen = listen;
    Server server(runner.executor(), options, echo_body, explain);
    const auto started = server.start();
    REQUIRE_FALSE(started.has_value());
    REQUIRE_THAT(started.error().message, Contains(listen));
}

TEST_CASE("Server: a line end in a header value cannot make a second header", "[http_server]") {
    HttpFixture fixture;
    fixture.serve([](Request) -> Awaitable<Response> {
        auto response = text("ok");
        response.headers.add("X-Name", "a\r\nSet-Cookie: evil");
        co_return response;
    });
    const auto response = fixture.send({});
    REQUIRE_FALSE(response.headers.find("Set-Cookie").has_value());
    REQUIRE(response.headers.find("X-Name") == "a  Set-Cookie: evil");
}
