#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace picket {

[[nodiscard]] std::string base64_encode(std::string_view bytes);
/// Standard alphabet with padding, as JSON carries bytes; nothing if the text is not that.
[[nodiscard]] std::optional<std::string> base64_decode(std::string_view text);
/// URL-safe alphabet, padded: what Docker's X-Registry-Auth wants.
[[nodiscard]] std::string base64url_encode(std::string_view bytes);
[[nodiscard]] std::string hex_encode(std::string_view bytes);
/// Raw 32 bytes.
[[nodiscard]] std::string sha256(std::string_view bytes);
[[nodiscard]] inline std::string sha256_hex(std::string_view bytes) {
    return hex_encode(sha256(bytes));
}
/// 32-bit FNV-1a: the hash Kubernetes' template hashes are made of.
[[nodiscard]] std::uint32_t fnv1a_32(std::string_view bytes);

}  // namespace picket
