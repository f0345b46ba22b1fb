#pragma once
#include "common/base/result.hpp"
#include "common/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace picket::apiserver {

/// What a request is about, read from its method and path alone.
struct RequestInfo {
    /// False for /version, /openapi/v3/…, discovery and the like; then only `path` and `verb` are
    /// set.
    bool resource_request = false;
    std::string path;           ///< without trailing slashes
    std::string group_version;  ///< "v1", "apps/v1"
    std::string resource;       ///< the plural as in the path
    std::string namespace_name;
    std::string name;
    std::string subresource;
    std::string rest;  ///< what follows the subresource: the stream id of a tunnel
    /// get, list, watch, create, update, patch, delete, deletecollection; other paths: the
    /// lower-case method.
    std::string verb;
};

/// MethodNotAllowed for a method no verb stands for, BadRequest for a bad `watch` parameter.
[[nodiscard]] Result<RequestInfo> parse_request_info(http::Method method, const http::Url& url);

/// Booleans as Go's ParseBool reads them, because every client library writes them in its own way.
[[nodiscard]] std::optional<bool> parse_bool(std::string_view text);
/// The query parameter as a boolean: false if it is absent or empty, BadRequest if it is neither.
[[nodiscard]] Result<bool> bool_parameter(const http::Url& url, std::string_view name);

}  // namespace picket::apiserver
