#include "common/http/detail/wire.hpp"

#include "common/http/client.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using namespace picket::http::detail;

using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("URL: a target is taken apart and decoded", "[url]") {
    struct Row {
        const char* target;
        std::string path;
        Pairs query;
    };
    const auto row = GENERATE(
        Row{"/", "/", {}},
        Row{"/api/v1/pods?", "/api/v1/pods", {}},
        Row{"/a%20b/c+d", "/a b/c+d", {}},
        Row{"/p?a=1&b=&c&a=2", "/p", {{"a", "1"}, {"b", ""}, {"c", ""}, {"a", "2"}}},
        Row{"/p?labelSelector=a%3Db%2Cc+in+%28d%29", "/p", {{"labelSelector", "a=b,c in (d)"}}},
        Row{"/p?x=a%2Bb&&y=/?", "/p", {{"x", "a+b"}, {"y", "/?"}}});
    CAPTURE(row.target);
    const auto url = parse_target(row.target);
    REQUIRE(url.has_value());
    REQUIRE(url->path == row.path);
    REQUIRE((url->query == row.query));
}

TEST_CASE("URL: what is no target is refused", "[url]") {
    const auto* target = GENERATE("", "pods", "http://h/", "*", "/a b", "/%zz", "/%", "/a%00b");
    CAPTURE(target);
    REQUIRE_FALSE(parse_target(target).has_value());
}

TEST_CASE("URL: what is encoded is decoded to the same", "[url]") {
    std::string every;
    for (int c = 1; c < 256; ++c) every += static_cast<char>(c);
    const auto url = parse_target("/" + url_encode(every) + "?q=" + url_encode(every));
    REQUIRE(url.has_value());
    REQUIRE(url->path == "/" + every);
    REQUIRE(url->parameter("q") == every);
}

TEST_CASE("URL: an endpoint is read from its URL", "[url]") {
    struct Row {
        const char* url;
        Endpoint endpoint;
    };
    using Transport = Endpoint::Transport;
    const auto row = GENERATE(
        Row{"https://h:6443", {Transport::Tls, "h", 6443, ""}},
        Row{"https://h/", {Transport::Tls, "h", 443, ""}},
        Row{"http://10.0.0.1", {Transport::Tcp, "10.0.0.1", 80, ""}},
        Row{"http://[fd00::1]:8080/a/b/", {Transport::Tcp, "fd00::1", 8080, "/a/b"}},
        Row{"unix:///var/run/docker.sock",
            {Transport::Unix, "localhost", 0, "/var/run/docker.sock"}});
    CAPTURE(row.url);
    const auto endpoint = parse_endpoint(row.url);
    REQUIRE(endpoint.has_value());
    REQUIRE((endpoint->transport == row.endpoint.transport));
    REQUIRE(endpoint->host == row.endpoint.host);
    REQUIRE(endpoint->port == row.endpoint.port);
    REQUIRE(endpoint->path == row.endpoint.path);
}

TEST_CASE("URL: an endpoint that cannot be used is refused", "[url]") {
    const auto* url = GENERATE(
        "", "h:6443", "ftp://h", "https://", "https://h:99999", "https://h:0", "unix://run/x");
    CAPTURE(url);
    REQUIRE_FALSE(parse_endpoint(url).has_value());
}

TEST_CASE("Headers: names compare without case and may repeat", "[headers]") {
    Headers headers{{"Accept", "a"}, {"X", "1"}, {"accept", "b"}};
    REQUIRE(headers.find("ACCEPT") == "a");
    REQUIRE(headers.find_all("Accept").size() == 2);
    headers.set("aCCept", "c");
    REQUIRE(headers.find_all("Accept") == std::vector<std::string_view>{"c"});
    headers.erase("x");
    REQUIRE_FALSE(headers.find("X").has_value());
}

TEST_CASE("Wire: dates are as HTTP wants them", "[wire]") {
    REQUIRE(
        format_http_date(*parse_time("1994-11-06T08:49:37Z")) == "Sun, 06 Nov 1994 08:49:37 GMT");
    REQUIRE(
        format_http_date(*parse_time("2026-02-28T23:59:59.9Z")) == "Sat, 28 Feb 2026 23:59:59 GMT");
}

TEST_CASE("Wire: the framing is the connection's alone", "[wire]") {
    const Headers headers{{"Content-Length", "7"}, {"connection", "keep-alive"}, {"A", "b"}};
    const Framing framing{Framing::Body::Chunked, 0, Framing::Connection::Close};
    REQUIRE(
        format_response_head(200, headers, framing, "now") ==
        "HTTP/1.1 200 OK\r\nDate: now\r\nA: b\r\nTransfer-Encoding: chunked\r\nConnection: "
        "close\r\n\r\n");
}

TEST_CASE("Wire: a request has its prefix, host and length", "[wire]") {
    Request request;
    request.method = Method::Post;
    request.target = "/x?y";
    const Framing framing{Framing::Body::Length, 3, Framing::Connection::Implied};
    REQUIRE(
        *format_request_head(request, "/prefix", "h:1", framing) ==
        "POST /prefix/x?y HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\n");
    request.headers.add("host", "other");
    REQUIRE(
        *format_request_head(request, "", "h:1", framing) ==
        "POST /x?y HTTP/1.1\r\nhost: other\r\nContent-Length: 3\r\n\r\n");
}
