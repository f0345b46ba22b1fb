#include "apiserver/credential_files.hpp"

#include "apiserver/routes/token_issuer.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json_text.hpp"
#include "common/base/private_file.hpp"
#include "common/client/kubeconfig.hpp"

#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

constexpr const char* kAdminFile = "admin.kubeconfig";
constexpr const char* kControllerFile = "controller.kubeconfig";
constexpr const char* kJoinFile = "join-token";

/// The token in a kubeconfig we wrote earlier; empty if it is gone or not readable, then a new one
/// is made.
std::string token_of_kubeconfig(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) return {};
    const auto config = client::load_kubeconfig(path.string(), "", "");
    return config ? config->options.bearer_token : std::string();
}

Result<std::string> token_of_file(const std::filesystem::path& path) {
    auto content = read_file(path);
    if (!content) return content.error();
    const auto text = content->value_or("");
    return text.substr(0, text.find_first_of("\r\n"));
}

bool is_valid(const Services& services, const std::string& id, const std::string& text) {
    const auto token = parse_bearer_token(text);
    if (!token || token->id != id) return false;
    const auto stored = services.store.get({std::string(kTokenResource), "", id});
    if (!stored) return false;
    const auto record = parse_token_record(parse_json(*stored->bytes));
    return record && record->accepts(token->secret, services.clock.now());
}

Awaitable<Result<std::string>> ensure_token(
    Services& services, std::string id, User user, std::string description, std::string present) {
    if (is_valid(services, id, present)) co_return parse_bearer_token(present)->text();
    const auto token = make_bearer_token(id);
    TokenRecord record;
    record.secret_hash = sha256_hex(token.secret);
    record.user = std::move(user);
    record.description = std::move(description);
    record.created = services.clock.now();
    MayReplace always = [](const TokenRecord&) { return Ok(); };
    const auto stored =
        co_await store_token(services.store, std::move(id), std::move(record), std::move(always));
    if (!stored) co_return stored.error();
    co_return token.text();
}

}  // namespace

Awaitable<Result<ServerTokens>> ensure_server_tokens(
    Services& services, std::filesystem::path data_dir) {
    const auto join_text = token_of_file(data_dir / kJoinFile);
    if (!join_text) co_return join_text.error();
    User admin_user{"admin", {std::string(kMastersGroup)}};
    const auto admin = co_await ensure_token(
        services,
        "admin",
        std::move(admin_user),
        kAdminFile,
        token_of_kubeconfig(data_dir / kAdminFile));
    if (!admin) co_return admin.error();
    User controller_user{std::string(kControllerUser), {}};
    const auto controller = co_await ensure_token(
        services,
        "controller",
        std::move(controller_user),
        kControllerFile,
        token_of_kubeconfig(data_dir / kControllerFile));
    if (!controller) co_return controller.error();
    User join_user{"system:join", {std::string(kJoinGroup)}};
    const auto join =
        co_await ensure_token(services, "join", std::move(join_user), kJoinFile, *join_text);
    if (!join) co_return join.error();
    co_return ServerTokens{*admin, *controller, *join};
}

Result<void> write_credential_files(
    const std::filesystem::path& data_dir,
    const ServerTokens& tokens,
    const std::string& url,
    const Services& services) {
    auto written = update_private_file(
        data_dir / kAdminFile,
        client::format_kubeconfig(url, services.ca_pem, "admin", tokens.admin));
    if (!written) return written;
    written = update_private_file(
        data_dir / kControllerFile,
        client::format_kubeconfig(url, services.ca_pem, "controller", tokens.controller));
    if (!written) return written;
    return update_private_file(
        data_dir / kJoinFile, tokens.join + "." + services.ca_fingerprint + "\n");
}

}  // namespace picket::apiserver
