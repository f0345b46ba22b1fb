#pragma once
#include "common/base/result.hpp"
#include "common/http/client.hpp"
#include "common/http/tls.hpp"

#include <openssl/ssl.h>

#include <memory>
#include <string>

namespace picket::http::detail {

struct SslContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslContext = std::unique_ptr<SSL_CTX, SslContextDeleter>;
struct SslSessionDeleter {
    void operator()(SSL_SESSION* session) const { SSL_SESSION_free(session); }
};
using SslSession = std::unique_ptr<SSL_SESSION, SslSessionDeleter>;

/// TLS 1.2 and newer, ALPN http/1.1, small buffers for many idle connections. A client that has
/// been here may resume its session (TLS 1.3), also after a restart with the same key.
[[nodiscard]] Result<SslContext> make_server_context(const tls::KeyPair& key_pair);

/// How one client trusts servers. With a pin the chain is verified up to the pinned certificate and
/// nothing else is trusted, so that an attacker gains nothing by adding the (public) pinned
/// certificate to a chain of his own.
class ClientTrust {
public:
    [[nodiscard]] static Result<std::unique_ptr<ClientTrust>> make(const ClientOptions& options);
    ClientTrust(const ClientTrust&) = delete;
    ClientTrust& operator=(const ClientTrust&) = delete;

    [[nodiscard]] SSL_CTX* context() const { return context_.get(); }
    /// The name or address that the server's certificate must carry.
    [[nodiscard]] const std::string& server_name() const { return server_name_; }
    [[nodiscard]] const std::string& pinned_certificate_pem() const {
        return pinned_certificate_pem_;
    }
    /// Offers what the server gave with the last handshake, so that this one needs no certificate.
    void resume(SSL* ssl) const;

private:
    ClientTrust() = default;
    static int verify_pinned(X509_STORE_CTX* verification, void* self);
    [[nodiscard]] X509* find_pinned(X509_STORE_CTX* verification) const;
    void keep_tickets();

    SslContext context_;
    SslSession session_;  // of the last handshake
    std::string server_name_;
    std::string pinned_sha256_;
    std::string pinned_certificate_pem_;
};

/// What OpenSSL's error queue says, for people.
[[nodiscard]] std::string last_tls_error();

}  // namespace picket::http::detail
