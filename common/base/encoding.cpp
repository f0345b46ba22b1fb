#include "common/base/encoding.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

namespace picket {
namespace {

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string base64_encode(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        bytes_of(bytes),
        static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    const auto padding = static_cast<std::size_t>(
        std::ranges::count(text.substr(text.size() < 2 ? 0 : text.size() - 2), '='));
    const auto body = text.substr(0, text.size() - padding);
    const auto is_digit = [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '+' || c == '/';
    };
    // EVP_DecodeBlock trims white space and ignores stray padding, which a strict reader must
    // refuse.
    if (!std::ranges::all_of(body, is_digit)) return std::nullopt;
    std::string bytes(text.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(
        reinterpret_cast<unsigned char*>(bytes.data()),
        bytes_of(text),
        static_cast<int>(text.size()));
    if (length < 0) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

std::string base64url_encode(std::string_view bytes) {
    auto text = base64_encode(bytes);
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::string hex_encode(std::string_view bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const unsigned char byte : bytes) {
        text += kDigits[byte >> 4U];
        text += kDigits[byte & 0xFU];
    }
    return text;
}

std::string sha256(std::string_view bytes) {
    std::string digest(32, '\0');
    EVP_Digest(
        bytes.data(),
        bytes.size(),
        reinterpret_cast<unsigned char*>(digest.data()),
        nullptr,
        EVP_sha256(),
        nullptr);
    return digest;
}

std::uint32_t fnv1a_32(std::string_view bytes) {
    std::uint32_t hash = 2'166'136'261U;
    for (const unsigned char byte : bytes) hash = (hash ^ byte) * 16'777'619U;
    return hash;
}

}  // namespace picket
