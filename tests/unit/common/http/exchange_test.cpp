// Server and client against each other, plain and over TLS.
#include "common/async/timing.hpp"
#include "tests/unit/common/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using namespace picket::http::testing;
using namespace std::chrono_literals;

namespace {

Awaitable<Response> echo(Request request) {
    auto response =
        text(std::string(method_name(request.method)) + " " + request.target + "\n" + request.body);
    if (const auto tag = request.headers.find("X-Tag"))
        response.headers.add("X-Tag", std::string(*tag));
    co_return response;
}

Awaitable<void> count_to_three(BodyWriter& writer) {
    for (const auto* line : {"one\n", "two\n", "three\n"}) {
        if (!co_await writer.write({bytes(line)})) co_return;
    }
}

Awaitable<Response> stream_three(Request) {
    Response response;
    response.stream = count_to_three;
    co_return response;
}

Awaitable<void> shout_back(std::unique_ptr<ByteStream> stream) {
    std::array<char, 64> buffer{};
    for (;;) {
        const auto size = co_await stream->read_some(buffer);
        if (!size || *size == 0) break;
        std::string reply(buffer.data(), *size);
        for (auto& c : reply) c = static_cast<char>(std::toupper(c));
        if (!co_await stream->write(reply)) break;
    }
    REQUIRE((co_await stream->write("BYE")).has_value());
}

Awaitable<Response> upgrade_to_shouting(Request request) {
    if (!request.headers.find("Upgrade")) co_return text("only upgrades here", 400);
    Response response;
    response.status = 101;
    response.headers.set("Upgrade", "shout");
    response.upgrade = shout_back;
    co_return response;
}

/// Where a handler leaves a stream for somebody else, as the tunnel does.
struct Shelf {
    explicit Shelf(boost::asio::any_io_executor executor) : arrived(std::move(executor)) {}
    std::unique_ptr<ByteStream> stream;
    Notification arrived;
};

Awaitable<void> put_on_shelf(Shelf* shelf, std::unique_ptr<ByteStream> stream) {
    shelf->stream = std::move(stream);
    shelf->arrived.notify();
    co_return;
}

Awaitable<Response> upgrade_for_shelf(Shelf* shelf) {
    Response response;
    response.status = 101;
    response.headers.set("Upgrade", "shelf");
    response.upgrade = [shelf](std::unique_ptr<ByteStream> stream) {
        return put_on_shelf(shelf, std::move(stream));
    };
    co_return response;
}

Awaitable<std::string> read_from_shelf(Shelf* shelf) {
    co_await shelf->arrived.wait();
    std::array<char, 64> buffer{};
    const auto size = co_await shelf->stream->read_some(buffer);
    co_return size ? std::string(buffer.data(), *size) : size.error().message;
}

Awaitable<std::string> converse(std::unique_ptr<ByteStream> stream) {
    std::string heard;
    std::array<char, 64> buffer{};
    REQUIRE((co_await stream->write("hello")).has_value());
    while (heard.size() < 5) heard.append(buffer.data(), *co_await stream->read_some(buffer));
    co_await stream->close_write();
    for (;;) {
        const auto size = co_await stream->read_some(buffer);
        if (!size || *size == 0) co_return heard;
        heard.append(buffer.data(), *size);
    }
}

Awaitable<std::vector<std::string>> all_lines(std::unique_ptr<StreamingResponse> response) {
    std::vector<std::string> lines;
    for (;;) {
        auto line = co_await response->read_line(kPatience);
        if (!line || !*line) co_return lines;
        lines.push_back(**line);
    }
}

Request post(std::string target, std::string body) {
    Request request;
    request.method = Method::Post;
    request.target = std::move(target);
    request.body = std::move(body);
    return request;
}

}  // namespace

TEST_CASE("HTTP: a request and its answer arrive whole", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(echo);
    const auto size = GENERATE(0U, 1U, 5'000U, 16'384U, 2'000'000U);
    CAPTURE(fixture.secure, size);
    auto request = post("/things?x=1", std::string(size, 'b'));
    request.headers.add("X-Tag", "t1");
    const auto response = fixture.send(request);
    REQUIRE(response.status == 200);
    REQUIRE(response.headers.find("x-tag") == "t1");
    REQUIRE(response.headers.find("Date"));
    REQUIRE((response.body == "POST /things?x=1\n" + std::string(size, 'b')));
}

TEST_CASE("HTTP: requests share a kept-alive connection", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(echo);
    for (int i = 0; i < 5; ++i) REQUIRE(fixture.send({}).status == 200);
    REQUIRE(fixture.server->connections() == 1);
}

TEST_CASE("HTTP: HEAD reaches the handler as GET and is answered without a body", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(echo);
    Request request;
    request.method = Method::Head;
    const auto response = fixture.send(request);
    REQUIRE(response.status == 200);
    REQUIRE(response.headers.find("Content-Length") == "6");  // "GET /\n"
    REQUIRE(response.body.empty());
    REQUIRE(fixture.send({}).body == "GET /\n");
}

TEST_CASE("HTTP: a stream is read line by line as it comes", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(stream_three);
    auto opened = fixture.runner.run(fixture.client().open({}, kPatience));
    REQUIRE(opened.has_value());
    REQUIRE((*opened)->status() == 200);
    const auto lines = fixture.runner.run(all_lines(std::move(*opened)));
    REQUIRE(lines == std::vector<std::string>{"one", "two", "three"});
}

TEST_CASE("HTTP: a streamed body may also be read whole, and the connection goes on", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(stream_three);
    REQUIRE(fixture.send({}).body == "one\ntwo\nthree\n");
    REQUIRE(fixture.send({}).body == "one\ntwo\nthree\n");
    REQUIRE(fixture.server->connections() == 1);
}

TEST_CASE("HTTP: an upgraded connection carries bytes both ways and can be half closed", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    fixture.serve(upgrade_to_shouting);
    auto upgraded = fixture.runner.run(fixture.client().upgrade({}, "shout", kPatience));
    REQUIRE(upgraded.has_value());
    REQUIRE(fixture.runner.run(converse(std::move(*upgraded))) == "HELLOBYE");
}

TEST_CASE("HTTP: a stream that was handed on outlives the handler that took it over", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    Shelf shelf(fixture.runner.executor());
    fixture.serve([&shelf](Request) { return upgrade_for_shelf(&shelf); });
    auto upgraded = fixture.runner.run(fixture.client().upgrade({}, "shelf", kPatience));
    REQUIRE(upgraded.has_value());
    REQUIRE(fixture.runner.run((*upgraded)->write("hello")).has_value());
    REQUIRE(fixture.runner.run(read_from_shelf(&shelf)) == "hello");
}

TEST_CASE("HTTP: a refused upgrade is an error with the answer's text", "[http]") {
    HttpFixture fixture;
    fixture.serve([](Request) -> Awaitable<Response> { co_return text("no such pod", 404); });
    const auto upgraded = fixture.runner.run(fixture.client().upgrade({}, "shout", kPatience));
    REQUIRE_FALSE(upgraded.has_value());
    REQUIRE(upgraded.error().reason == Reason::NotFound);
    REQUIRE(upgraded.error().message == "no such pod");
}

TEST_CASE(
    "HTTP: a handler that throws is answered with 500 and nothing of the exception", "[http]") {
    HttpFixture fixture;
    fixture.serve([](Request) -> Awaitable<Response> {
        throw std::runtime_error("secret");
        co_return Response{};
    });
    const auto response = fixture.send({});
    REQUIRE(response.status == 500);
    REQUIRE(response.body.find("secret") == std::string::npos);
}

TEST_CASE("HTTP: a body of shared pieces is sent in order", "[http]") {
    HttpFixture fixture(ServerLimits{}, GENERATE(false, true));
    const auto shared = bytes(std::string(10'000, 's'));
    fixture.serve([shared](Request) -> Awaitable<Response> {
        Response response;
        response.body = {bytes("["), shared, bytes(","), shared, bytes(""), bytes("]")};
        co_return response;
    });
    REQUIRE((fixture.send({}).body == "[" + *shared + "," + *shared + "]"));
}
