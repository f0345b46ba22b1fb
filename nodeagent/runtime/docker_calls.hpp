#pragma once
/// How requests to the engine look, for the files that make them.
#include "common/base/error.hpp"
#include "common/http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace picket::nodeagent {

inline constexpr std::chrono::seconds kQuickCall{30};
inline constexpr std::chrono::seconds kSlowCall{120};

[[nodiscard]] std::string container_path(const std::string& id, std::string_view verb);
/// `path` without the API's version.
[[nodiscard]] http::Request make_request(
    http::Method method, std::string_view path, std::string body);
[[nodiscard]] Error not_json(std::string_view path);

}  // namespace picket::nodeagent
