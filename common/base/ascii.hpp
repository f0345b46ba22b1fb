#pragma once
/// Classes of ASCII characters. The C library's depend on the locale.

namespace picket {

[[nodiscard]] constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

}  // namespace picket
