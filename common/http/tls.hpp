#pragma once
#include "common/base/clock.hpp"
#include "common/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

/// Certificates and keys as PEM text (OpenSSL behind). Keys are EC P-256.
namespace picket::tls {

struct KeyPair {
    std::string certificate_pem;
    std::string key_pem;
};

/// A self-signed CA, valid for ten years.
[[nodiscard]] KeyPair make_ca(std::string_view common_name, TimePoint now);
/// A server certificate signed by `ca`; each name is a DNS name or an IP address for
/// subjectAltName.
[[nodiscard]] Result<KeyPair> make_server_certificate(
    const KeyPair& ca,
    std::string_view common_name,
    const std::vector<std::string>& names,
    TimePoint now);
/// Names in subjectAltName, and the end of validity: to decide whether a stored certificate must be
/// renewed.
struct CertificateFacts {
    std::vector<std::string> names;
    TimePoint not_after;
};
[[nodiscard]] Result<CertificateFacts> inspect_certificate(std::string_view certificate_pem);
/// Lower-case hex SHA-256 of the certificate's DER form: what a join token pins.
[[nodiscard]] Result<std::string> fingerprint(std::string_view certificate_pem);

}  // namespace picket::tls
