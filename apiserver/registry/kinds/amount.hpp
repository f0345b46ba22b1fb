#pragma once
#include "apiserver/registry/document.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket::registry {

/// The number before the sign of "25%"; nothing if the text is no percentage.
[[nodiscard]] std::optional<std::int64_t> parse_percent(std::string_view text);

/// A number of pods or a share of them: not negative, and not more than all.
void validate_amount(const Json& value, const std::string& path, FieldErrors& errors);

}  // namespace picket::registry
