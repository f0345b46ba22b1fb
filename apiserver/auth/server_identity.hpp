#pragma once
#include "common/base/clock.hpp"
#include "common/base/result.hpp"
#include "common/http/tls.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace picket::apiserver {

/// What the server proves itself with.
struct ServerIdentity {
    std::string ca_pem;
    std::string ca_fingerprint;  ///< what join tokens pin
    tls::KeyPair server;         ///< leaf, then CA
};

/// Loads ca.crt, ca.key, server.crt and server.key of `directory`, and makes what is missing. The
/// server certificate is made anew when `names` are not all in it or when it nears its end; the CA
/// stays.
[[nodiscard]] Result<ServerIdentity> load_or_make_identity(
    const std::filesystem::path& directory, const std::vector<std::string>& names, TimePoint now);

/// Names the server's certificate should carry: localhost, the host's name, every local address,
/// the host of `listen`, and `further`. Sorted, no duplicates.
[[nodiscard]] std::vector<std::string> certificate_names(
    std::string_view listen, const std::vector<std::string>& further);

/// Whether a certificate with these facts still serves.
[[nodiscard]] bool certificate_serves(
    const tls::CertificateFacts& facts, const std::vector<std::string>& names, TimePoint now);

}  // namespace picket::apiserver
