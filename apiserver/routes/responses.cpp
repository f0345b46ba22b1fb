#include "apiserver/routes/responses.hpp"

#include "common/api/status.hpp"
#include "common/base/encoding.hpp"
#include "common/base/json_text.hpp"
#include "common/yaml/yaml.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::apiserver {
namespace {

// The whole header block must stay below what client libraries accept.
constexpr std::size_t kMaxWarningBytes = 4096;

/// A quoted string of a header: quotes and backslashes escaped, control characters gone.
std::string quoted_text(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) continue;
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result += '"';
}

}  // namespace

http::Response json_response(unsigned status, const Json& document) {
    return json_response(status, {http::bytes(format_json(document, BadUtf8::Replace))});
}

http::Response json_response(unsigned status, std::vector<http::Bytes> pieces) {
    http::Response response;
    response.status = status;
    response.headers = {{"Content-Type", "application/json"}};
    response.body = std::move(pieces);
    return response;
}

http::Response cacheable_response(
    std::string text, std::string content_type, const http::Headers& request) {
    auto etag = fmt::format("\"{}\"", sha256_hex(text));
    http::Response response;
    response.headers = {
        {"Content-Type", std::move(content_type)},
        {"ETag", etag},
        {"Vary", "Accept"},
        {"Cache-Control", "public"}};
    if (request.find("If-None-Match").value_or(std::string_view()) == etag) {
        response.status = 304;
    } else {
        response.body = {http::bytes(std::move(text))};
    }
    return response;
}

http::Response text_response(unsigned status, std::string text) {
    http::Response response;
    response.status = status;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    response.body = {http::bytes(std::move(text))};
    return response;
}

http::Response error_response(const Error& error) {
    return error_response(error, http_status(error.reason));
}

http::Response error_response(const Error& error, unsigned status) {
    auto document = to_status(error);
    document["code"] = status;
    auto response = json_response(status, document);
    if (error.retry_after_seconds) {
        response.headers.set("Retry-After", std::to_string(*error.retry_after_seconds));
    }
    if (error.reason == Reason::Unauthorized) response.headers.set("WWW-Authenticate", "Bearer");
    return response;
}

Json success_status(const Resource& resource, std::string_view name, std::string_view uid) {
    Json details = {{"name", name}, {"kind", resource.plural}};
    if (!resource.group().empty()) details["group"] = resource.group();
    if (!uid.empty()) details["uid"] = uid;
    return {
        {"kind", "Status"},
        {"apiVersion", "v1"},
        {"metadata", Json::object()},
        {"status", "Success"},
        {"details", std::move(details)}};
}

void add_warnings(http::Response& response, const std::vector<std::string>& warnings) {
    std::size_t total = 0;
    for (const auto& warning : warnings) {
        auto value = "299 - " + quoted_text(warning);
        total += value.size();
        if (total > kMaxWarningBytes) return;
        response.headers.add("Warning", std::move(value));
    }
}

http::Response as_yaml(http::Response response) {
    const auto type = response.headers.find("Content-Type").value_or(std::string_view());
    if (response.body.empty() || type != "application/json") return response;
    std::string text;
    for (const auto& piece : response.body) text += *piece;
    response.body = {http::bytes(format_yaml(Json::parse(text)))};
    response.headers.set("Content-Type", "application/yaml");
    return response;
}

Error unknown_path_error() {
    return {Reason::NotFound, "the server could not find the requested resource"};
}

Error method_not_allowed_error(std::string_view verb) {
    return {
        Reason::MethodNotAllowed,
        fmt::format("the server does not allow {} on the requested resource", verb)};
}

}  // namespace picket::apiserver
