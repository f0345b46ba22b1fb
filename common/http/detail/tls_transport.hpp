#pragma once
#include "common/http/detail/tls_context.hpp"
#include "common/http/detail/transport.hpp"

#include <memory>
#include <string>

namespace picket::http::detail {

/// The contexts must outlive the transports made from them.
[[nodiscard]] std::unique_ptr<Transport> make_tls_server_transport(Socket socket, SSL_CTX* context);
[[nodiscard]] std::unique_ptr<Transport> make_tls_client_transport(
    Socket socket, const ClientTrust& trust);

}  // namespace picket::http::detail
