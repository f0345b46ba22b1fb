#include "common/http/detail/tls_context.hpp"
#include "tests/unit/common/http/http_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::http;
using namespace picket::http::testing;
using namespace picket::http::detail;

namespace {

struct SslFreed {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using Connection = std::unique_ptr<SSL, SslFreed>;

/// Connects both through memory and tells whether the client's session was resumed.
bool resumes(SSL_CTX* server_context, const ClientTrust& trust) {
    const Connection server(SSL_new(server_context));
    const Connection client(SSL_new(trust.context()));
    SSL_set_accept_state(server.get());
    SSL_set_connect_state(client.get());
    trust.resume(client.get());
    BIO* server_end = nullptr;
    BIO* client_end = nullptr;
    REQUIRE(BIO_new_bio_pair(&server_end, 0, &client_end, 0) == 1);
    SSL_set_bio(server.get(), server_end, server_end);
    SSL_set_bio(client.get(), client_end, client_end);
    int done = 0;
    for (int flight = 0; flight < 10 && done < 2; ++flight) {
        done = 0;
        for (auto* end : {client.get(), server.get()}) done += SSL_do_handshake(end) == 1 ? 1 : 0;
    }
    REQUIRE(done == 2);
    char byte = 0;
    REQUIRE(SSL_read(client.get(), &byte, 1) == -1);  // nothing but the ticket has come
    return SSL_session_reused(client.get()) == 1;
}

SslContext context_of(const tls::KeyPair& pair) {
    auto context = make_server_context(pair);
    REQUIRE(context.has_value());
    return std::move(*context);
}

std::unique_ptr<ClientTrust> trust_of(const tls::KeyPair& ca) {
    ClientOptions options;
    options.ca_pem = ca.certificate_pem;
    auto trust = ClientTrust::make(options);
    REQUIRE(trust.has_value());
    return std::move(*trust);
}

}  // namespace

TEST_CASE("TLS: a client resumes its session, also with a server that was restarted", "[tls]") {
    const auto trust = trust_of(test_certificates().ca);
    const auto server = context_of(test_certificates().chain());
    CHECK_FALSE(resumes(server.get(), *trust));
    CHECK(resumes(server.get(), *trust));
    const auto restarted = context_of(test_certificates().chain());
    CHECK(resumes(restarted.get(), *trust));
    CHECK(resumes(restarted.get(), *trust));
}

TEST_CASE("TLS: a server with another key resumes nothing", "[tls]") {
    const auto trust = trust_of(test_certificates().ca);
    CHECK_FALSE(resumes(context_of(test_certificates().chain()).get(), *trust));
    const auto other = tls::make_server_certificate(
        test_certificates().ca, "server", {"127.0.0.1"}, SystemClock().now());
    REQUIRE(other.has_value());
    CHECK_FALSE(resumes(context_of(*other).get(), *trust));
}

TEST_CASE("TLS: nothing is resumed before TLS 1.3", "[tls]") {
    const auto trust = trust_of(test_certificates().ca);
    SSL_CTX_set_max_proto_version(trust->context(), TLS1_2_VERSION);
    const auto server = context_of(test_certificates().chain());
    CHECK_FALSE(resumes(server.get(), *trust));
    CHECK_FALSE(resumes(server.get(), *trust));
}
