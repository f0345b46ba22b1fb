#pragma once
#include "common/api/resource.hpp"
#include "common/base/error.hpp"
#include "common/base/json.hpp"
#include "common/http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace picket::apiserver {

[[nodiscard]] http::Response json_response(unsigned status, const Json& document);
/// Pieces that are JSON together.
[[nodiscard]] http::Response json_response(unsigned status, std::vector<http::Bytes> pieces);
/// What a client may keep, and ask about by its ETag.
[[nodiscard]] http::Response cacheable_response(
    std::string text, std::string content_type, const http::Headers& request);
[[nodiscard]] http::Response text_response(unsigned status, std::string text);
/// The Status of a failure.
[[nodiscard]] http::Response error_response(const Error& error);
/// Under an HTTP status that is finer than the reason (408, 431); the Status says the same.
[[nodiscard]] http::Response error_response(const Error& error, unsigned status);

/// "Status: Success" about one object; `details.uid` lets a client tell it from a successor of the
/// same name.
[[nodiscard]] Json success_status(
    const Resource& resource, std::string_view name, std::string_view uid);

/// One `Warning: 299` header per text. What a header cannot carry is left out of the text.
void add_warnings(http::Response& response, const std::vector<std::string>& warnings);

/// The same answer as YAML, where it is JSON.
[[nodiscard]] http::Response as_yaml(http::Response response);

/// For a path or a resource this server does not have.
[[nodiscard]] Error unknown_path_error();
[[nodiscard]] Error method_not_allowed_error(std::string_view verb);

}  // namespace picket::apiserver
