#include "common/http/tls.hpp"

#include "tests/unit/common/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using namespace picket::http::testing;
using Catch::Matchers::Contains;

namespace {

Awaitable<Response> greet(Request) {
    co_return text("hello");
}

/// Whether a client with these options accepts the fixture's server; empty, or why not.
std::string refusal(HttpFixture& fixture, ClientOptions options) {
    Client client(fixture.runner.executor(), std::move(options));
    const auto sent = fixture.runner.run(client.send({}, kPatience));
    return sent ? std::string() : sent.error().message;
}

}  // namespace

TEST_CASE("TLS: a certificate carries its names and the end of its validity", "[tls]") {
    const TimePoint now{std::chrono::seconds{1'800'000'000}};
    const auto ca = tls::make_ca("test CA", now);
    const auto made =
        tls::make_server_certificate(ca, "server", {"picket.example", "10.1.2.3", "fd00::1"}, now);
    REQUIRE(made.has_value());
    const auto facts = tls::inspect_certificate(made->certificate_pem);
    REQUIRE(facts.has_value());
    REQUIRE(facts->names == std::vector<std::string>{"picket.example", "10.1.2.3", "fd00::1"});
    REQUIRE((facts->not_after == now + std::chrono::days{365}));
    REQUIRE(
        (tls::inspect_certificate(ca.certificate_pem)->not_after == now + std::chrono::days{3650}));
}

TEST_CASE("TLS: a fingerprint is 64 hex digits and different for each certificate", "[tls]") {
    const auto first = tls::fingerprint(test_certificates().ca.certificate_pem);
    const auto second = tls::fingerprint(test_certificates().server.certificate_pem);
    REQUIRE(first->size() == 64);
    REQUIRE(*first != *second);
    const auto chain = test_certificates().chain().certificate_pem;
    REQUIRE(*tls::fingerprint(chain) == *second);  // of the leaf
}

TEST_CASE("TLS: text that holds no certificate is an error", "[tls]") {
    const auto* pem =
        GENERATE("", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    REQUIRE_FALSE(tls::fingerprint(pem).has_value());
    REQUIRE_FALSE(tls::inspect_certificate(pem).has_value());
    REQUIRE_FALSE(tls::make_server_certificate({pem, pem}, "x", {}, TimePoint{}).has_value());
}

TEST_CASE("TLS: a client accepts only who it trusts", "[tls]") {
    HttpFixture fixture(ServerLimits{}, true);
    fixture.serve(greet);
    auto options = fixture.client_options();
    SECTION("the CA and an address of the certificate") {
        REQUIRE(refusal(fixture, options).empty());
    }
    SECTION("another name of the certificate") {
        options.server_name = "picket.test";
        REQUIRE(refusal(fixture, options).empty());
    }
    SECTION("a name that is not in the certificate") {
        options.server_name = "other.test";
        REQUIRE_THAT(refusal(fixture, options), Contains("hostname mismatch"));
    }
    SECTION("an address that is not in the certificate") {
        options.server_name = "127.0.0.2";
        REQUIRE_THAT(refusal(fixture, options), Contains("IP address mismatch"));
    }
    SECTION("another CA") {
        options.ca_pem = tls::make_ca("picket test CA", SystemClock().now()).certificate_pem;
        REQUIRE_THAT(refusal(fixture, options), Contains("not trusted"));
    }
    SECTION("the system's roots") {
        options.ca_pem.clear();
        REQUIRE_THAT(refusal(fixture, options), Contains("not trusted"));
    }
    SECTION("nobody, when told so") {
        options.ca_pem.clear();
        options.insecure_skip_verify = true;
        REQUIRE(refusal(fixture, options).empty());
    }
    SECTION("a CA that is none") {
        options.ca_pem = "nonsense";
        REQUIRE_THAT(refusal(fixture, options), Contains("PEM"));
    }
}

TEST_CASE("TLS: a pin is enough to trust the CA behind it, and it is kept", "[tls]") {
    HttpFixture fixture(ServerLimits{}, true);
    fixture.serve(greet);
    auto options = fixture.client_options();
    options.ca_pem.clear();
    options.pinned_sha256 = *tls::fingerprint(test_certificates().ca.certificate_pem);
    Client client(fixture.runner.executor(), options);
    REQUIRE(client.pinned_certificate_pem().empty());
    REQUIRE(fixture.runner.run(client.send({}, kPatience)).has_value());
    REQUIRE(client.pinned_certificate_pem() == test_certificates().ca.certificate_pem);
}

TEST_CASE("TLS: a pin that no certificate matches is refused", "[tls]") {
    HttpFixture fixture(ServerLimits{}, true);
    fixture.serve(greet);
    auto options = fixture.client_options();  // trusts the CA, but the pin decides
    options.pinned_sha256 = std::string(64, 'a');
    REQUIRE_THAT(refusal(fixture, options), Contains("not trusted"));
}

TEST_CASE(
    "TLS: showing the pinned certificate beside a chain of one's own does not help", "[tls]") {
    HttpFixture fixture(ServerLimits{}, true);
    const auto evil_ca = tls::make_ca("picket test CA", SystemClock().now());
    const auto evil =
        *tls::make_server_certificate(evil_ca, "server", {"127.0.0.1"}, SystemClock().now());
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.tls =
        tls::KeyPair{evil.certificate_pem + test_certificates().ca.certificate_pem, evil.key_pem};
    fixture.server = std::make_unique<Server>(fixture.runner.executor(), options, greet, explain);
    REQUIRE(fixture.server->start().has_value());
    auto client = fixture.client_options();
    client.pinned_sha256 = *tls::fingerprint(test_certificates().ca.certificate_pem);
    REQUIRE_THAT(refusal(fixture, client), Contains("not trusted"));
}

TEST_CASE("TLS: a server without a usable certificate does not start", "[tls]") {
    picket::testing::AsyncRunner runner;
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    const auto& other = test_certificates().ca;
    options.tls = tls::KeyPair{test_certificates().server.certificate_pem, other.key_pem};
    Server server(runner.executor(), options, greet, explain);
    REQUIRE_FALSE(server.start().has_value());
}
