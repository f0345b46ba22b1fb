#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace picket {

/// The number in the `size` bytes from `at` on, which must be there.
[[nodiscard]] constexpr std::uint64_t big_endian_at(
    std::string_view bytes, std::size_t at, std::size_t size) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes[at + i]);
    return number;
}

inline void append_big_endian(std::string& out, std::uint64_t number, std::size_t size) {
    for (std::size_t i = size; i-- > 0;) out += static_cast<char>(number >> (8 * i) & 0xffU);
}

}  // namespace picket
