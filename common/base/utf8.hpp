#pragma once
#include <cstddef>
#include <string_view>

namespace picket {

/// Length of the UTF-8 sequence that `bytes` begins with, 0 if that is none; not for empty ones.
[[nodiscard]] std::size_t utf8_sequence_length(std::string_view bytes);
[[nodiscard]] bool is_utf8(std::string_view text);

}  // namespace picket
