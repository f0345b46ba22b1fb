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

/// TLS 1.2 and newer, ALPN http/1.1, small buffers for many idle connections.
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

private:
    ClientTrust() = default;
    static int verify_pinned(X509_STORE_CTX* verification, void* self);
    [[nodiscard]] X509* find_pinned(X509_STORE_CTX* verification) const;

    SslContext context_;
    std::string server_name_;
    std::string pinned_sha256_;
    std::string pinned_certificate_pem_;
};

/// What OpenSSL's error queue says, for people.
[[nodiscard]] std::string last_tls_error();

}  // namespace picket::http::detail
