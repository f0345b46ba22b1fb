#pragma once
#include "common/base/freed.hpp"
#include "common/base/result.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// PEM text to OpenSSL's objects and back.
namespace picket::tls {

using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;

/// Frees the stack, not the certificates in it.
struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using CertificateStack = std::unique_ptr<STACK_OF(X509), FreeStack>;

/// Every certificate in the text, in order; an error if there is none or one is damaged.
[[nodiscard]] Result<std::vector<Certificate>> read_certificates(std::string_view pem);
[[nodiscard]] Result<PrivateKey> read_private_key(std::string_view pem);
[[nodiscard]] std::string certificate_to_pem(X509* certificate);
[[nodiscard]] std::string private_key_to_pem(EVP_PKEY* key);
/// Lower-case hex SHA-256 of the DER form.
[[nodiscard]] std::string fingerprint_of(const X509* certificate);

}  // namespace picket::tls
