#pragma once
/// The credentials that the server hands out through files in its data directory, all made at first
/// start.
#include "apiserver/auth/token.hpp"
#include "apiserver/routes/call.hpp"

#include <filesystem>
#include <string>

namespace picket::apiserver {

/// The tokens behind admin.kubeconfig, controller.kubeconfig and join-token.
struct ServerTokens {
    std::string admin;
    std::string controller;
    std::string join;
};

/// Takes the tokens from the files where they are still valid, and makes new ones where not; the
/// store has their hashes when this returns.
Awaitable<Result<ServerTokens>> ensure_server_tokens(
    Services& services, std::filesystem::path data_dir);

/// Writes the three files (mode 0600) as far as they differ. Blocking and without suspension, so
/// that no request is answered before they are there.
[[nodiscard]] Result<void> write_credential_files(
    const std::filesystem::path& data_dir,
    const ServerTokens& tokens,
    const std::string& url,
    const Services& services);

}  // namespace picket::apiserver
