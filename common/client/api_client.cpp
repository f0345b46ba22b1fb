#include "common/client/api_client.hpp"

#include "common/api/status.hpp"
#include "common/base/json_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace picket::client {
namespace {

using http::Method;
using http::Request;

std::string_view content_type_of(PatchType type) {
    switch (type) {
        case PatchType::StrategicMerge:
            return "application/strategic-merge-patch+json";
        case PatchType::Merge:
            return "application/merge-patch+json";
        case PatchType::JsonPatch:
            return "application/json-patch+json";
        case PatchType::Apply:
            return "application/apply-patch+yaml";
    }
    return "application/json";
}

std::string with_query(std::string path, const Query& query) {
    char separator = '?';
    for (const auto& [name, value] : query) {
        path += separator;
        path += http::url_encode(name);
        path += '=';
        path += http::url_encode(value);
        separator = '&';
    }
    return path;
}

Result<Json> read_answer(const std::string& text) {
    Json document;
    JsonFacts facts;
    if (scan_json(text, document, facts)) return document;
    document = Json::parse(text, nullptr, false);
    if (document.is_discarded())
        return Error{Reason::InternalError, "cannot understand the server: it sent no JSON"};
    return document;
}

/// Any answer, also a 200, may carry a Status that says Failure.
bool is_failure(const Json& document) {
    return document.is_object() && document.value("kind", "") == "Status" &&
           document.value("status", "") == "Failure";
}

Result<Json> document_of(const http::ClientResponse& response) {
    if (response.status < 200 || response.status >= 300)
        return error_from_response(response.status, response.body);
    auto document = read_answer(response.body);
    if (document && is_failure(*document)) return from_status(*document);
    return document;
}

Request request_of(Method method, std::string target) {
    Request request;
    request.method = method;
    request.target = std::move(target);
    return request;
}

Result<WatchLine::Type> type_of(const Json& line) {
    const auto type = line.value("type", "");
    if (type == "ADDED") return WatchLine::Type::Added;
    if (type == "MODIFIED") return WatchLine::Type::Modified;
    if (type == "DELETED") return WatchLine::Type::Deleted;
    if (type == "BOOKMARK") return WatchLine::Type::Bookmark;
    return Error{
        Reason::InternalError, fmt::format("cannot understand a watch event of type \"{}\"", type)};
}

Result<WatchLine> parse_watch_line(const std::string& text) {
    auto line = read_answer(text);
    if (!line) return line.error();
    if (!line->is_object() || !line->contains("object")) {
        return Error{Reason::InternalError, "cannot understand a watch event without an object"};
    }
    auto& object = (*line)["object"];
    if (line->value("type", "") == "ERROR") return from_status(object);
    const auto type = type_of(*line);
    if (!type) return type.error();
    return WatchLine{*type, std::move(object)};
}

Awaitable<Result<std::string>> read_all(
    http::StreamingResponse& response, std::chrono::milliseconds timeout) {
    std::string body;
    for (;;) {
        const auto more = co_await response.read_some(timeout);
        if (!more) co_return more.error();
        if (more->empty()) co_return body;
        body += *more;
    }
}

std::string continue_token(const Json& list) {
    const auto metadata = list.find("metadata");
    return metadata == list.end() ? std::string() : metadata->value("continue", "");
}

void append_items(Json& list, Json page) {
    auto& items = list["items"];
    for (auto& item : page["items"]) items.push_back(std::move(item));
}

}  // namespace

std::string Target::path() const {
    return resource_path(group_version, plural, namespace_name, name, subresource);
}

WatchStream::WatchStream(std::unique_ptr<http::StreamingResponse> response)
    : response_(std::move(response)) {}
WatchStream::~WatchStream() = default;
WatchStream::WatchStream(WatchStream&&) noexcept = default;
WatchStream& WatchStream::operator=(WatchStream&&) noexcept = default;

Awaitable<Result<std::optional<WatchLine>>> WatchStream::next(std::chrono::milliseconds timeout) {
    for (;;) {
        const auto line = co_await response_->read_line(timeout);
        if (!line) co_return line.error();
        if (!*line) co_return std::optional<WatchLine>();
        if ((*line)->empty()) continue;
        auto parsed = parse_watch_line(**line);
        if (!parsed) co_return parsed.error();
        co_return std::optional(std::move(*parsed));
    }
}

ApiClient::ApiClient(boost::asio::any_io_executor executor, ApiClientOptions options)
    : executor_(std::move(executor)),
      options_(std::move(options)),
      http_(executor_, options_.http) {}

void ApiClient::authorize(http::Request& request) const {
    if (!options_.bearer_token.empty())
        request.headers.set("Authorization", "Bearer " + options_.bearer_token);
    request.headers.set("User-Agent", options_.user_agent);
    for (const auto& [name, value] : options_.headers) request.headers.set(name, value);
    if (!request.headers.find("Accept")) request.headers.add("Accept", "application/json");
}

Awaitable<Result<Json>> ApiClient::call(
    Method method, std::string target, std::string content_type, std::string body) {
    auto request = request_of(method, std::move(target));
    if (!content_type.empty()) request.headers.add("Content-Type", std::move(content_type));
    request.body = std::move(body);
    const auto response = co_await send(std::move(request));
    if (!response) co_return response.error();
    co_return document_of(*response);
}

Awaitable<Result<Json>> ApiClient::get(Target target, Query query) {
    return call(Method::Get, with_query(target.path(), query), {}, {});
}

Awaitable<Result<Json>> ApiClient::list(Target target, Query query, std::size_t page) {
    auto first_query = query;
    if (page > 0) first_query.emplace_back("limit", std::to_string(page));
    auto list = co_await get(target, first_query);
    if (!list) co_return list.error();
    for (auto token = continue_token(*list); !token.empty();) {
        auto next_query = first_query;
        next_query.emplace_back("continue", token);
        auto next = co_await get(target, std::move(next_query));
        // The snapshot behind the pages is gone: only the list in one piece is consistent.
        if (!next && next.error().reason == Reason::Expired) co_return co_await get(target, query);
        if (!next) co_return next.error();
        token = continue_token(*next);
        append_items(*list, std::move(*next));
    }
    if (list->contains("metadata")) (*list)["metadata"].erase("continue");
    co_return list;
}

Awaitable<Result<Json>> ApiClient::create(Target target, Json object, Query query) {
    return call(
        Method::Post, with_query(target.path(), query), "application/json", format_json(object));
}

Awaitable<Result<Json>> ApiClient::update(Target target, Json object, Query query) {
    return call(
        Method::Put, with_query(target.path(), query), "application/json", format_json(object));
}

Awaitable<Result<Json>> ApiClient::patch(Target target, PatchType type, Json patch, Query query) {
    return call(
        Method::Patch,
        with_query(target.path(), query),
        std::string(content_type_of(type)),
        format_json(patch));
}

Awaitable<Result<Json>> ApiClient::remove(Target target, Json options, Query query) {
    auto path = with_query(target.path(), query);
    if (options.is_null()) return call(Method::Delete, std::move(path), {}, {});
    return call(Method::Delete, std::move(path), "application/json", format_json(options));
}

Awaitable<Result<WatchStream>> ApiClient::watch(
    Target target, std::string resource_version, Query query) {
    query.emplace_back("watch", "true");
    query.emplace_back("allowWatchBookmarks", "true");
    query.emplace_back("resourceVersion", std::move(resource_version));
    auto path = with_query(target.path(), query);
    auto response = open_watch_ ? co_await open_watch_(std::move(path))
                                : co_await open(request_of(Method::Get, std::move(path)));
    if (!response) co_return response.error();
    if ((*response)->status() == 200) co_return WatchStream(std::move(*response));
    const auto body = co_await read_all(**response, options_.timeout);
    if (!body) co_return body.error();
    co_return error_from_response((*response)->status(), *body);
}

Awaitable<Result<http::ClientResponse>> ApiClient::send(http::Request request) {
    authorize(request);
    return http_.send(std::move(request), options_.timeout);
}

Awaitable<Result<std::unique_ptr<http::StreamingResponse>>> ApiClient::open(http::Request request) {
    authorize(request);
    return http_.open(std::move(request), options_.timeout);
}

Awaitable<Result<std::unique_ptr<http::ByteStream>>> ApiClient::upgrade(
    http::Request request, std::string protocol) {
    authorize(request);
    auto upgraded =
        co_await http_.upgrade(std::move(request), std::move(protocol), options_.timeout);
    if (upgraded) co_return upgraded;
    const auto& error = upgraded.error();
    // A refusal has the server's answer as its message; here that is a Status.
    if (!error.message.starts_with('{')) co_return error;
    co_return error_from_response(http_status(error.reason), error.message);
}

void ApiClient::set_bearer_token(std::string token) {
    options_.bearer_token = std::move(token);
}

}  // namespace picket::client
