#include "apiserver/routes/request_info.hpp"

#include "common/api/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace picket::apiserver {
namespace {

using Segments = std::vector<std::string>;

Segments split_path(std::string_view path) {
    Segments segments;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto segment = path.substr(0, slash);
        if (!segment.empty()) segments.emplace_back(segment);
        if (slash == std::string_view::npos) break;
        path.remove_prefix(slash + 1);
    }
    return segments;
}

std::string join_path(const Segments& segments) {
    std::string path;
    for (const auto& segment : segments) path.append("/").append(segment);
    return path.empty() ? "/" : path;
}

std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return lower;
}

std::string_view take(const Segments& segments, std::size_t& at) {
    return at < segments.size() ? std::string_view(segments[at++]) : std::string_view();
}

/// Consumes "api/v1" or "apis/<group>/<version>"; false if a resource cannot follow.
bool take_group_version(const Segments& segments, std::size_t& at, RequestInfo& info) {
    const auto root = take(segments, at);
    if (root == "api") {
        info.group_version = take(segments, at);
    } else if (root == "apis" && segments.size() > 3) {
        info.group_version = segments[1] + "/" + segments[2];
        at = 3;
    }
    return !info.group_version.empty() && at < segments.size();
}

// "namespaces/x" alone, and with status or finalize, is the Namespace itself; anything else below
// it is in it.
bool is_namespace_scope(const Segments& segments, std::size_t at) {
    if (segments[at] != "namespaces" || segments.size() < at + 3) return false;
    const auto& next = segments[at + 2];
    return !(segments.size() == at + 3 && (next == "status" || next == "finalize"));
}

void take_resource(const Segments& segments, std::size_t at, RequestInfo& info) {
    if (is_namespace_scope(segments, at)) {
        info.namespace_name = segments[at + 1];
        at += 2;
    }
    info.resource_request = true;
    info.resource = take(segments, at);
    info.name = take(segments, at);
    info.subresource = take(segments, at);
    for (; at < segments.size(); ++at) {
        info.rest.append(info.rest.empty() ? "" : "/").append(segments[at]);
    }
}

/// To act inside a pod is never only to read it, whatever method the protocol begins with: a
/// WebSocket begins with GET.
bool acts_in_pod(const RequestInfo& info) {
    constexpr std::array<std::string_view, 3> kActs = {"attach", "exec", "portforward"};
    return info.resource == "pods" && std::ranges::find(kActs, info.subresource) != kActs.end();
}

Error no_such_method() {
    return {Reason::MethodNotAllowed, "the server does not allow this method"};
}

/// "api/v1/watch/pods": how clients watched before there was a parameter for it, and some still do.
bool take_watch(const Segments& segments, std::size_t& at) {
    if (segments[at] != "watch" || at + 1 == segments.size()) return false;
    ++at;
    return true;
}

Result<std::string> verb_of(http::Method method, const RequestInfo& info, const http::Url& url) {
    if (method == http::Method::Get && acts_in_pod(info)) return std::string("create");
    const bool collection = info.name.empty();
    switch (method) {
        case http::Method::Get:
        case http::Method::Head: {
            if (!collection) return std::string("get");
            const auto watch = bool_parameter(url, "watch");
            if (!watch) return watch.error();
            return std::string(*watch ? "watch" : "list");
        }
        case http::Method::Post:
            return std::string("create");
        case http::Method::Put:
            return std::string("update");
        case http::Method::Patch:
            return std::string("patch");
        case http::Method::Delete:
            return std::string(collection ? "deletecollection" : "delete");
        default:
            return no_such_method();
    }
}

Result<std::string> verb_below_watch(http::Method method) {
    if (method == http::Method::Get) return std::string("watch");
    return no_such_method();
}

}  // namespace

Result<RequestInfo> parse_request_info(http::Method method, const http::Url& url) {
    const auto segments = split_path(url.path);
    RequestInfo info;
    info.path = join_path(segments);
    std::size_t at = 0;
    if (!take_group_version(segments, at, info)) {
        info.verb = lower_case(http::method_name(method));
        if (info.verb == "head") info.verb = "get";
        return info;
    }
    const bool watches = take_watch(segments, at);
    take_resource(segments, at, info);
    auto verb = watches ? verb_below_watch(method) : verb_of(method, info, url);
    if (!verb) return verb.error();
    info.verb = std::move(*verb);
    return info;
}

std::optional<bool> parse_bool(std::string_view text) {
    constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "true", "TRUE", "True"};
    constexpr std::array<std::string_view, 6> kFalse = {"0", "f", "F", "false", "FALSE", "False"};
    if (std::ranges::find(kTrue, text) != kTrue.end()) return true;
    if (std::ranges::find(kFalse, text) != kFalse.end()) return false;
    return std::nullopt;
}

Result<bool> bool_parameter(const http::Url& url, std::string_view name) {
    const auto text = url.parameter(name);
    if (!text || text->empty()) return false;
    const auto value = parse_bool(*text);
    if (!value)
        return bad_request(fmt::format("invalid value \"{}\" of {}: not a boolean", *text, name));
    return *value;
}

}  // namespace picket::apiserver
