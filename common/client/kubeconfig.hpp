#pragma once
#include "common/base/result.hpp"
#include "common/client/api_client.hpp"

#include <optional>
#include <string>

namespace picket::client {

/// What picket uses of a kubeconfig's chosen context. Reads the YAML and JSON that kubectl reads:
/// server, certificate-authority(-data), insecure-skip-tls-verify, tls-server-name, token,
/// tokenFile, client-certificate(-data), client-key(-data), namespace.
struct Kubeconfig {
    std::string path;
    ApiClientOptions options;
    std::string namespace_name = "default";
};

/// Looks in: `explicit_path`, each file of $KUBECONFIG, ~/.kube/config, then `fallback_path` (the
/// server's own admin.kubeconfig). `context` empty: current-context. The error says where it
/// looked.
[[nodiscard]] Result<Kubeconfig> load_kubeconfig(
    const std::string& explicit_path, const std::string& context, const std::string& fallback_path);
/// Text of a kubeconfig with one cluster, user and context.
[[nodiscard]] std::string format_kubeconfig(
    const std::string& server,
    const std::string& ca_pem,
    const std::string& user,
    const std::string& token);

}  // namespace picket::client
