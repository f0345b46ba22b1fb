#include "common/api/quantity.hpp"

#include "common/base/ascii.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace picket {
namespace {

__extension__ using Wide = __int128;

struct Suffix {
    std::string_view text;
    int exponent;  ///< of 10
};
constexpr std::array kDecimalSuffixes = {
    Suffix{"n", -9},
    Suffix{"u", -6},
    Suffix{"m", -3},
    Suffix{"", 0},
    Suffix{"k", 3},
    Suffix{"M", 6},
    Suffix{"G", 9},
    Suffix{"T", 12},
    Suffix{"P", 15},
    Suffix{"E", 18}};
constexpr std::array<std::string_view, 7> kBinarySuffixes = {
    "", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};

/// The digits of a number without its point: `mantissa` × 10^`exponent`; `inexact` if digits were
/// cut off.
struct Digits {
    Wide mantissa = 0;
    int exponent = 0;
    bool inexact = false;
};

/// What a mantissa may have reached before one more digit is taken: times 2^60 it must still fit,
/// where a binary suffix follows.
constexpr Wide kBinaryRoom = Wide{1} * 10'000'000'000'000'000'000U;
constexpr Wide kDecimalRoom = kBinaryRoom * 100'000'000'000'000'000;

/// Takes "12.50" off the front of `text`; nothing if no digit stands there.
std::optional<Digits> take_digits(std::string_view& text) {
    const Wide room = text.ends_with('i') ? kBinaryRoom : kDecimalRoom;
    Digits digits;
    bool any = false;
    bool fraction = false;
    std::size_t used = 0;
    for (; used < text.size(); ++used) {
        const char c = text[used];
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (!is_digit(c)) break;
        any = true;
        if (digits.mantissa < room) {
            digits.mantissa = digits.mantissa * 10 + (c - '0');
            digits.exponent -= fraction ? 1 : 0;
        } else {
            digits.inexact |= c != '0';
            digits.exponent += fraction ? 0 : 1;
        }
    }
    if (!any) return std::nullopt;
    text.remove_prefix(used);
    return digits;
}

std::optional<int> parse_exponent(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return std::clamp(value, -100, 100);
}

Wide saturating_product(Wide a, Wide b) {
    Wide product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<Wide>::max() : product;
}

Wide ceiling_quotient(Wide a, Wide b) {
    return a / b + (a % b != 0 ? 1 : 0);
}

/// mantissa × 10^exponent of a number that is not negative, rounded up.
Wide scale_by_ten(Wide mantissa, int exponent, bool inexact) {
    for (; exponent > 0; --exponent) mantissa = saturating_product(mantissa, 10);
    // Division step by step would round up more than once, so the remainder is remembered.
    for (; exponent < 0; ++exponent) {
        inexact |= mantissa % 10 != 0;
        mantissa /= 10;
    }
    return mantissa + (inexact && mantissa != std::numeric_limits<Wide>::max() ? 1 : 0);
}

}  // namespace

Quantity::Quantity(Nano nano, Form form) : form_(form) {
    constexpr Nano kLimit = Nano{std::numeric_limits<std::int64_t>::max()} * kNano;
    nano_ = std::clamp(nano, -kLimit, kLimit);
}

std::optional<Quantity> Quantity::parse(std::string_view text) {
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    auto digits = take_digits(text);
    if (!digits) return std::nullopt;

    auto form = Form::Decimal;
    const auto decimal = std::ranges::find(kDecimalSuffixes, text, &Suffix::text);
    const auto binary = std::ranges::find(kBinarySuffixes, text);
    if (decimal != kDecimalSuffixes.end()) {
        digits->exponent += decimal->exponent;
    } else if (binary != kBinarySuffixes.end()) {
        form = Form::Binary;
        digits->mantissa = digits->mantissa << (10 * (binary - kBinarySuffixes.begin()));
    } else if (text.starts_with('e') || text.starts_with('E')) {
        form = Form::Exponent;
        const auto exponent = parse_exponent(text.substr(1));
        if (!exponent) return std::nullopt;
        digits->exponent += *exponent;
    } else {
        return std::nullopt;
    }
    const Nano nano = scale_by_ten(digits->mantissa, digits->exponent + 9, digits->inexact);
    return Quantity(negative ? -nano : nano, form);
}

std::optional<Quantity> Quantity::from_json(const Json& value) {
    if (value.is_string()) return parse(value.get_ref<const std::string&>());
    if (value.is_number()) return parse(value.dump());
    return std::nullopt;
}

std::string Quantity::decimal_text() const {
    Nano mantissa = nano_;
    std::size_t suffix = 0;
    while (mantissa % 1000 == 0 && suffix + 1 < kDecimalSuffixes.size()) {
        mantissa /= 1000;
        ++suffix;
    }
    const auto& [unit, exponent] = kDecimalSuffixes.at(suffix);
    if (form_ != Form::Exponent) return fmt::format("{}{}", mantissa, unit);
    return exponent == 0 ? fmt::to_string(mantissa) : fmt::format("{}e{}", mantissa, exponent);
}

std::string Quantity::binary_text() const {
    auto mantissa = static_cast<std::int64_t>(nano_ / kNano);
    std::size_t suffix = 0;
    while (mantissa % 1024 == 0 && suffix + 1 < kBinarySuffixes.size()) {
        mantissa /= 1024;
        ++suffix;
    }
    return fmt::format("{}{}", mantissa, kBinarySuffixes.at(suffix));
}

std::string Quantity::to_string() const {
    if (nano_ == 0) return "0";
    constexpr Nano kKibi = Nano{1024} * kNano;
    // Without a whole number of Ki no binary suffix says it exactly.
    const bool binary = form_ == Form::Binary && nano_ % kKibi == 0;
    return binary ? binary_text() : decimal_text();
}

std::int64_t Quantity::scaled(std::int64_t unit) const {
    const Nano whole = nano_ < 0 ? -ceiling_quotient(-nano_, unit) : ceiling_quotient(nano_, unit);
    constexpr Nano kLimit = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::clamp(whole, -kLimit, kLimit));
}

std::int64_t Quantity::value() const {
    return scaled(kNano);
}

std::int64_t Quantity::milli_value() const {
    return scaled(kNano / 1000);
}

Quantity& Quantity::operator+=(const Quantity& other) {
    // A sum starts from zero: it takes the form of what is added.
    return *this = Quantity(nano_ + other.nano_, is_zero() ? other.form_ : form_);
}

Quantity& Quantity::operator-=(const Quantity& other) {
    return *this = Quantity(nano_ - other.nano_, is_zero() ? other.form_ : form_);
}

}  // namespace picket
