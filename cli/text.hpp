#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace picket::cli {

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// How many columns a terminal needs: code points of UTF-8.
[[nodiscard]] std::size_t display_width(std::string_view text);
/// ASCII only, as headings and kinds are.
[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace picket::cli
