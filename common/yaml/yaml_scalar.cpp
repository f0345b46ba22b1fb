#include "common/yaml/yaml_scalar.hpp"

#include "common/base/ascii.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace picket {
namespace {

constexpr std::array<std::string_view, 5> kNulls = {"", "~", "null", "Null", "NULL"};
constexpr std::array<std::string_view, 9> kTrue = {
    "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"};
constexpr std::array<std::string_view, 9> kFalse = {
    "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"};
// Strings to kubectl, but something else to other YAML 1.1 readers.
constexpr std::array<std::string_view, 6> kUnsafeWords = {"y", "Y", "n", "N", "=", "<<"};

bool one_of(std::string_view text, const auto& words) {
    return std::ranges::find(words, text) != words.end();
}

struct Radix {
    int base;
    std::string_view digits;
};

Radix radix_of(std::string_view digits) {
    const std::string_view prefix = digits.substr(0, 2);
    if (prefix == "0x" || prefix == "0X") return {16, digits.substr(2)};
    if (prefix == "0b" || prefix == "0B") return {2, digits.substr(2)};
    if (prefix == "0o" || prefix == "0O") return {8, digits.substr(2)};
    if (digits.size() > 1 && digits[0] == '0') return {8, digits.substr(1)};
    return {10, digits};
}

template <class Integer>
std::optional<Integer> parse_whole(std::string_view digits, int base) {
    Integer value{};
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::optional<Json> parse_integer(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    const Radix radix = radix_of(text);
    if (radix.digits.empty() || radix.digits.starts_with('-')) return std::nullopt;
    if (negative) {
        const auto value = parse_whole<std::int64_t>("-" + std::string(radix.digits), radix.base);
        return value ? std::optional<Json>(*value) : std::nullopt;
    }
    if (const auto value = parse_whole<std::int64_t>(radix.digits, radix.base)) return Json(*value);
    if (const auto value = parse_whole<std::uint64_t>(radix.digits, radix.base))
        return Json(*value);
    return std::nullopt;
}

std::size_t skip_digits(std::string_view text, std::size_t from) {
    while (from < text.size() && is_digit(text[from])) ++from;
    return from;
}

// [-+]?(.[0-9]+|[0-9]+(.[0-9]*)?)([eE][-+]?[0-9]+)?
bool has_float_shape(std::string_view text) {
    std::size_t at = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const std::size_t whole_end = skip_digits(text, at);
    const bool has_whole = whole_end > at;
    at = whole_end;
    if (at < text.size() && text[at] == '.') {
        const std::size_t fraction_end = skip_digits(text, at + 1);
        if (!has_whole && fraction_end == at + 1) return false;
        at = fraction_end;
    } else if (!has_whole) {
        return false;
    }
    if (at == text.size()) return true;
    if (text[at] != 'e' && text[at] != 'E') return false;
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    return at < text.size() && skip_digits(text, at) == text.size();
}

bool may_be_number(std::string_view text) {
    return is_digit(text[0]) || text[0] == '-' || text[0] == '+' || text[0] == '.';
}

// Dates, times and the like: "2001-01-01", "2001-01-01T10:00:00Z", "1:30". A uid that begins with a
// digit is none.
bool looks_like_time(std::string_view text) {
    if (!is_digit(text[0]) && text[0] != '-' && text[0] != '+') return false;
    constexpr std::string_view kPunctuation = "+-:._ TtZz";
    const auto may_stand_in_time = [&](char c) {
        return is_digit(c) || kPunctuation.find(c) != std::string_view::npos;
    };
    if (!std::ranges::all_of(text, may_stand_in_time)) return false;
    if (text.find(':') != std::string_view::npos) return true;
    return text.size() >= 8 && std::ranges::count(text, '-') >= 2;
}

bool is_special_float(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return one_of(
        text, std::array<std::string_view, 6>{".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN"});
}

// Letters and digits of any alphabet are fine inside; indicators only where YAML gives them no
// meaning.
bool has_safe_characters(std::string_view text) {
    constexpr std::string_view kIndicators = "?:,[]{}#&*!|>'\"%@`";
    if (kIndicators.find(text.front()) != std::string_view::npos) return false;
    if (text == "-" || text.starts_with("- ")) return false;
    if (text.front() == ' ' || text.back() == ' ' || text.back() == ':') return false;
    if (text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos)
        return false;
    return std::ranges::all_of(text, [](unsigned char c) { return c >= 0x20 && c < 0x7f; });
}

}  // namespace

Json resolve_plain_scalar(std::string_view text) {
    if (one_of(text, kNulls)) return nullptr;
    if (one_of(text, kTrue)) return true;
    if (one_of(text, kFalse)) return false;
    if (!may_be_number(text)) return std::string(text);
    std::string digits(text);
    std::erase(digits, '_');
    if (digits.empty() || text.starts_with('_')) return std::string(text);
    if (auto integer = parse_integer(digits)) return *integer;
    // What no double can hold stays text, as with kubectl.
    if (has_float_shape(digits)) {
        if (const auto value = std::strtod(digits.c_str(), nullptr); std::isfinite(value))
            return value;
    }
    return std::string(text);
}

bool is_safe_plain_string(std::string_view text) {
    if (text.empty() || !has_safe_characters(text)) return false;
    if (one_of(text, kUnsafeWords) || is_special_float(text) || looks_like_time(text)) return false;
    if (text.starts_with("---") || text.starts_with("...") || has_float_shape(text)) return false;
    return resolve_plain_scalar(text).is_string();
}

}  // namespace picket
