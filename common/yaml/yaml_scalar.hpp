#pragma once
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string_view>

namespace picket {

/// What an unquoted scalar means by YAML 1.1 as kubectl reads it: null, boolean, integer, number or
/// string.
[[nodiscard]] Json resolve_plain_scalar(std::string_view text);

/// True if `text` may stand unquoted and is read back as that very string, by YAML 1.1 and 1.2
/// readers alike.
[[nodiscard]] bool is_safe_plain_string(std::string_view text);

}  // namespace picket
