#include "common/http/detail/tls_context.hpp"

#include "common/http/detail/pem.hpp"

#include <boost/algorithm/string/case_conv.hpp>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace picket::http::detail {
namespace {

constexpr std::array<unsigned char, 9> kAlpnHttp11 = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

Error tls_error(std::string_view act) {
    return {Reason::BadRequest, fmt::format("cannot {}: {}", act, last_tls_error())};
}

SslContext make_context(const SSL_METHOD* method) {
    SslContext context(SSL_CTX_new(method));
    if (!context) throw std::runtime_error("cannot make a TLS context: " + last_tls_error());
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    // Partial writes let one call take what fits; a released buffer keeps an idle connection small;
    // reading ahead takes the header and the body of a record with one system call.
    SSL_CTX_set_mode(
        context.get(),
        SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context.get(), 1);
    SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return context;
}

Result<void> use_certificate(
    SSL_CTX* context, std::string_view certificate_pem, std::string_view key_pem) {
    const auto certificates = tls::read_certificates(certificate_pem);
    if (!certificates) return certificates.error();
    const auto key = tls::read_private_key(key_pem);
    if (!key) return key.error();
    if (SSL_CTX_use_certificate(context, certificates->front().get()) != 1)
        return tls_error("use the certificate");
    for (std::size_t i = 1; i < certificates->size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, (*certificates)[i].get()) != 1)
            return tls_error("use the chain");
    }
    if (SSL_CTX_use_PrivateKey(context, key->get()) != 1) return tls_error("use the private key");
    if (SSL_CTX_check_private_key(context) != 1)
        return tls_error("match the private key with its certificate");
    return Ok();
}

Result<void> trust_roots(SSL_CTX* context, std::string_view ca_pem) {
    if (ca_pem.empty()) {
        if (SSL_CTX_set_default_verify_paths(context) != 1)
            return tls_error("load the system's trusted roots");
        return Ok();
    }
    const auto roots = tls::read_certificates(ca_pem);
    if (!roots) return roots.error();
    auto* store = SSL_CTX_get_cert_store(context);
    for (const auto& root : *roots) {
        if (X509_STORE_add_cert(store, root.get()) != 1)
            return tls_error("trust the CA certificate");
    }
    return Ok();
}

/// The keys that tickets are sealed with. They follow from the private key, so that a server that
/// was restarted knows its clients' tickets, and nothing more has to be kept secret.
std::array<unsigned char, 80> ticket_keys(std::string_view private_key_pem) {
    std::array<unsigned char, 80> keys{};
    for (unsigned char part = 0; part * 32U < keys.size(); ++part) {
        std::string label = "picket tickets ";
        label += static_cast<char>('0' + part);
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        if (HMAC(
                EVP_sha256(),
                private_key_pem.data(),
                static_cast<int>(private_key_pem.size()),
                reinterpret_cast<const unsigned char*>(label.data()),
                label.size(),
                digest.data(),
                nullptr) == nullptr)
            throw std::runtime_error("cannot derive the ticket keys: " + last_tls_error());
        const auto first = part * std::size_t{32};
        std::copy_n(
            digest.begin(), std::min<std::size_t>(32, keys.size() - first), keys.begin() + first);
    }
    return keys;
}

/// A ticket of TLS 1.2 holds the very keys of its connection. Only TLS 1.3 agrees on new ones.
int no_tickets_before_1_3(SSL* ssl, int* /*alert*/, void* /*argument*/) {
    const unsigned char* versions = nullptr;
    std::size_t size = 0;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_supported_versions, &versions, &size) != 1)
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
    return SSL_CLIENT_HELLO_SUCCESS;
}

/// Thousands of agents that come back at once after a restart are spared the certificates and their
/// signatures.
Result<void> offer_tickets(SSL_CTX* context, std::string_view private_key_pem) {
    auto keys = ticket_keys(private_key_pem);
    if (SSL_CTX_set_tlsext_ticket_keys(context, keys.data(), keys.size()) != 1)
        return tls_error("use the ticket keys");
    SSL_CTX_set_num_tickets(context, 1);
    SSL_CTX_set_client_hello_cb(context, no_tickets_before_1_3, nullptr);
    return Ok();
}

int select_http11(
    SSL* /*ssl*/,
    const unsigned char** selected,
    unsigned char* length,
    const unsigned char* offered,
    unsigned offered_length,
    void* /*argument*/) {
    unsigned char* match = nullptr;
    const int outcome = SSL_select_next_proto(
        &match, length, kAlpnHttp11.data(), kAlpnHttp11.size(), offered, offered_length);
    *selected = match;
    // A client that offers only something else may still speak HTTP/1.1 without ALPN.
    return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

std::string last_tls_error() {
    const auto code = ERR_peek_last_error();
    ERR_clear_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "unknown TLS error" : reason;
}

Result<SslContext> make_server_context(const tls::KeyPair& key_pair) {
    auto context = make_context(TLS_server_method());
    auto used = use_certificate(context.get(), key_pair.certificate_pem, key_pair.key_pem);
    if (!used) return used.error();
    auto offered = offer_tickets(context.get(), key_pair.key_pem);
    if (!offered) return offered.error();
    SSL_CTX_set_alpn_select_cb(context.get(), select_http11, nullptr);
    return context;
}

Result<std::unique_ptr<ClientTrust>> ClientTrust::make(const ClientOptions& options) {
    std::unique_ptr<ClientTrust> trust(new ClientTrust);
    trust->server_name_ = options.server_name.empty() ? options.endpoint.host : options.server_name;
    trust->pinned_sha256_ = boost::algorithm::to_lower_copy(options.pinned_sha256);
    trust->context_ = make_context(TLS_client_method());
    auto* context = trust->context_.get();
    SSL_CTX_set_alpn_protos(context, kAlpnHttp11.data(), kAlpnHttp11.size());
    trust->keep_tickets();
    if (!options.client_certificate_pem.empty()) {
        auto used =
            use_certificate(context, options.client_certificate_pem, options.client_key_pem);
        if (!used) return used.error();
    }
    if (options.insecure_skip_verify) return trust;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    if (!trust->pinned_sha256_.empty()) {
        SSL_CTX_set_cert_verify_callback(context, verify_pinned, trust.get());
        return trust;
    }
    auto trusted = trust_roots(context, options.ca_pem);
    if (!trusted) return trusted.error();
    return trust;
}

void ClientTrust::keep_tickets() {
    auto* context = context_.get();
    SSL_CTX_set_app_data(context, this);
    SSL_CTX_set_session_cache_mode(
        context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL | SSL_SESS_CACHE_NO_AUTO_CLEAR);
    SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
        auto& trust = *static_cast<ClientTrust*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        // A copy: a connection that breaks makes its own session useless.
        trust.session_.reset(SSL_SESSION_dup(session));
        return 0;
    });
}

void ClientTrust::resume(SSL* ssl) const {
    if (!session_ || SSL_SESSION_is_resumable(session_.get()) != 1) return;
    const SslSession session(SSL_SESSION_dup(session_.get()));
    if (session) SSL_set_session(ssl, session.get());
}

X509* ClientTrust::find_pinned(X509_STORE_CTX* verification) const {
    const STACK_OF(X509)* chain = X509_STORE_CTX_get0_untrusted(verification);
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        X509* certificate = sk_X509_value(chain, i);
        if (tls::fingerprint_of(certificate) == pinned_sha256_) return certificate;
    }
    return nullptr;
}

int ClientTrust::verify_pinned(X509_STORE_CTX* verification, void* self) {
    auto& trust = *static_cast<ClientTrust*>(self);
    X509* pinned = trust.find_pinned(verification);
    if (pinned == nullptr) {
        X509_STORE_CTX_set_error(verification, X509_V_ERR_CERT_UNTRUSTED);
        return 0;
    }
    const tls::CertificateStack anchors(sk_X509_new_null());
    sk_X509_push(anchors.get(), pinned);
    X509_STORE_CTX_set0_trusted_stack(verification, anchors.get());
    X509_STORE_CTX_set_flags(verification, X509_V_FLAG_PARTIAL_CHAIN);
    const bool verified = X509_verify_cert(verification) == 1;
    if (verified) trust.pinned_certificate_pem_ = tls::certificate_to_pem(pinned);
    return verified ? 1 : 0;
}

}  // namespace picket::http::detail
