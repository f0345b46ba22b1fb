#include "nodeagent/node/registration.hpp"

#include "common/api/json_read.hpp"
#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::nodeagent {
namespace {

constexpr std::size_t kFingerprintDigits = 64;

Result<std::string> token_in(const http::ClientResponse& response) {
    if (response.status >= 300) return error_from_response(response.status, response.body);
    auto token = json_read::text(Json::parse(response.body, nullptr, false), "token");
    if (token.empty()) {
        return Error{
            .reason = Reason::InternalError, .message = "the server's answer holds no credential"};
    }
    return token;
}

}  // namespace

std::string pinned_ca(std::string_view join_token) {
    const auto dot = join_token.rfind('.');
    if (dot == std::string_view::npos) return {};
    const auto pin = join_token.substr(dot + 1);
    const bool two_dots = std::count(join_token.begin(), join_token.end(), '.') >= 2;
    return two_dots && pin.size() == kFingerprintDigits ? std::string(pin) : std::string();
}

Result<client::ApiClientOptions> api_options(
    const std::string& server, const std::string& join_token, const NodeCredential& credential) {
    auto endpoint = http::parse_endpoint(server);
    if (!endpoint) return endpoint.error();
    client::ApiClientOptions options;
    options.http.endpoint = std::move(*endpoint);
    options.http.ca_pem = credential.ca_pem;
    if (credential.ca_pem.empty()) options.http.pinned_sha256 = pinned_ca(join_token);
    options.bearer_token = credential.token;
    options.user_agent = std::string("picket-agent/") + PICKET_VERSION;
    return options;
}

Awaitable<Result<NodeCredential>> register_node(
    client::ApiClient& api, std::string join_token, NodeCredential credential) {
    http::Request request;
    request.method = http::Method::Post;
    request.target = "/apis/picket.dev/v1/nodecredentials";
    request.headers.set("Content-Type", "application/json");
    request.body =
        Json{{"nodeName", credential.node_name}, {"agentId", credential.agent_id}}.dump();
    api.set_bearer_token(std::move(join_token));
    auto response = co_await api.send(std::move(request));
    if (!response) co_return response.error();
    auto token = token_in(*response);
    if (!token) co_return token.error();
    credential.token = std::move(*token);
    if (const auto& pem = api.http_client().pinned_certificate_pem(); !pem.empty())
        credential.ca_pem = pem;
    api.set_bearer_token(credential.token);
    co_return credential;
}

}  // namespace picket::nodeagent
