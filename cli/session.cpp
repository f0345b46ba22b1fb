#include "cli/session.hpp"

#include "cli/paths.hpp"
#include "common/api/status.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <thread>

namespace picket::cli {
namespace {

// Longer than a watch or a followed log stays silent by itself: the server ends them, the client
// only notices.
constexpr std::chrono::milliseconds kStreamTimeout = std::chrono::hours{24};

std::string with_query(std::string path, const client::Query& query) {
    char separator = '?';
    for (const auto& [name, value] : query) {
        path += separator + name + "=" + http::url_encode(value);
        separator = '&';
    }
    return path;
}

// RFC 7234: 299 - "text", with backslashes before quotes inside.
std::string warning_text(std::string_view header) {
    const auto begin = header.find('"');
    if (begin == std::string_view::npos) return std::string(header);
    std::string text;
    for (std::size_t i = begin + 1; i < header.size() && header[i] != '"'; ++i) {
        if (header[i] == '\\' && i + 1 < header.size()) ++i;
        text += header[i];
    }
    return text;
}

bool is_success(unsigned status) {
    return status >= 200 && status < 300;
}

}  // namespace

void add_connection_options(CLI::App& app, ConnectionOptions& options) {
    const std::string group = "Connection";
    app.add_option(
           "--kubeconfig",
           options.kubeconfig,
           "kubeconfig file; else $KUBECONFIG, ~/.kube/config, the server's own")
        ->group(group);
    app.add_option("--context", options.context, "context of the kubeconfig")->group(group);
    app.add_option("-n,--namespace", options.namespace_name, "namespace; else the context's")
        ->group(group);
}

Result<std::unique_ptr<Session>> Session::open(const ConnectionOptions& options) {
    auto config =
        client::load_kubeconfig(options.kubeconfig, options.context, default_admin_kubeconfig());
    if (!config) return config.error();
    if (!options.namespace_name.empty()) config->namespace_name = options.namespace_name;
    config->options.user_agent = "picket/" PICKET_VERSION;
    return std::unique_ptr<Session>(new Session(std::move(*config)));
}

Session::Session(client::Kubeconfig config)
    : config_(std::move(config)), api_(loop_.get_executor(), config_.options) {}

std::string Session::server_url() const {
    const http::Endpoint& endpoint = config_.options.http.endpoint;
    if (endpoint.transport == http::Endpoint::Transport::Unix) return "unix://" + endpoint.path;
    const char* scheme = endpoint.transport == http::Endpoint::Transport::Tls ? "https" : "http";
    const bool v6 = endpoint.host.find(':') != std::string::npos;
    return fmt::format(
        "{}://{}:{}{}",
        scheme,
        v6 ? "[" + endpoint.host + "]" : endpoint.host,
        endpoint.port,
        endpoint.path);
}

Error Session::explain(Error error) const {
    if (error.reason == Reason::ServiceUnavailable)
        error.message = fmt::format(
            "{} (server {} of {}); is \"picket server\" running there?",
            error.message,
            server_url(),
            config_.path);
    if (error.reason == Reason::Unauthorized)
        error.message = fmt::format("{}; check the credentials in {}", error.message, config_.path);
    return error;
}

void Session::print_warnings(const http::Headers& headers) {
    for (const std::string_view header : headers.find_all("Warning")) {
        const std::string text = warning_text(header);
        if (warned_.insert(text).second) fmt::print(stderr, "Warning: {}\n", text);
    }
}

Result<http::ClientResponse> Session::send(
    http::Method method, std::string target, std::string body, const RequestOptions& options) {
    http::Request request{.method = method, .target = std::move(target), .body = std::move(body)};
    request.headers.set("Accept", options.accept);
    if (!request.body.empty()) request.headers.set("Content-Type", options.content_type);
    auto response = wait(api_.send(std::move(request)));
    if (!response) return explain(response.error());
    print_warnings(response->headers);
    if (!is_success(response->status))
        return explain(error_from_response(response->status, response->body));
    return response;
}

Result<Json> Session::call(
    http::Method method,
    const client::Target& target,
    const Json* body,
    const RequestOptions& options) {
    auto response = send(
        method,
        with_query(target.path(), options.query),
        body == nullptr ? "" : body->dump(),
        options);
    if (!response) return response.error();
    Json parsed = Json::parse(response->body, nullptr, false);
    if (parsed.is_discarded())
        return Error{
            .reason = Reason::InternalError,
            .message = "the answer of " + server_url() + " is not JSON"};
    return parsed;
}

Result<Json> Session::get(const client::Target& target, RequestOptions options) {
    return call(http::Method::Get, target, nullptr, options);
}

Result<Json> Session::create(
    const client::Target& target, const Json& object, RequestOptions options) {
    return call(http::Method::Post, target, &object, options);
}

Result<Json> Session::patch(
    const client::Target& target, const Json& patch, RequestOptions options) {
    return call(http::Method::Patch, target, &patch, options);
}

Result<Json> Session::remove(
    const client::Target& target, const Json& delete_options, RequestOptions options) {
    return call(http::Method::Delete, target, &delete_options, options);
}

Result<std::string> Session::get_raw(std::string path_and_query) {
    auto response = send(http::Method::Get, std::move(path_and_query), "", {.accept = "*/*"});
    if (!response) return response.error();
    return std::move(response->body);
}

Result<std::unique_ptr<http::StreamingResponse>> Session::stream(
    const client::Target& target, RequestOptions options) {
    http::Request request{
        .method = options.method, .target = with_query(target.path(), options.query)};
    request.headers.set("Accept", options.accept);
    auto response = wait(api_.open(std::move(request)));
    if (!response) return explain(response.error());
    print_warnings((*response)->headers());
    if (is_success((*response)->status())) return response;
    std::string body;
    while (true) {
        auto piece = next_bytes(**response);
        if (!piece || piece->empty()) break;
        body += *piece;
    }
    return explain(error_from_response((*response)->status(), body));
}

Result<std::optional<std::string>> Session::next_line(http::StreamingResponse& response) {
    return wait(response.read_line(kStreamTimeout));
}

Result<std::string> Session::next_bytes(http::StreamingResponse& response) {
    return wait(response.read_some(kStreamTimeout));
}

void Session::pause(std::chrono::milliseconds duration) {
    std::this_thread::sleep_for(duration);
}

}  // namespace picket::cli
