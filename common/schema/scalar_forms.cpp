#include "common/schema/scalar_forms.hpp"

#include "common/api/quantity.hpp"
#include "common/base/clock.hpp"
#include "common/base/encoding.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <limits>

namespace picket::schema {
namespace {

using Kind = Field::Kind;

std::string_view type_name(const Json& value) {
    switch (value.type()) {
        case Json::value_t::null:
            return "null";
        case Json::value_t::object:
            return "object";
        case Json::value_t::array:
            return "list";
        case Json::value_t::string:
            return "string";
        case Json::value_t::boolean:
            return "boolean";
        case Json::value_t::number_integer:
        case Json::value_t::number_unsigned:
            return "integer";
        case Json::value_t::number_float:
            return "number";
        default:
            return "value";
    }
}

/// The value as a message shows it: short, and nothing for what has no short form.
std::string excerpt(const Json& value) {
    constexpr std::size_t kLongest = 60;
    if (value.is_structured() || value.is_null()) return {};
    auto text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
    if (text.size() > kLongest) text = text.substr(0, kLongest) + "…";
    return " " + text;
}

bool fits_32_bits(const Json& value) {
    using Limits = std::numeric_limits<std::int32_t>;
    if (value.is_number_unsigned()) {
        return value.get<std::uint64_t>() <= std::uint64_t{Limits::max()};
    }
    const auto number = value.get<std::int64_t>();
    return number >= Limits::min() && number <= Limits::max();
}

bool fits_64_bits(const Json& value) {
    constexpr auto kMax = std::uint64_t{std::numeric_limits<std::int64_t>::max()};
    return !value.is_number_unsigned() || value.get<std::uint64_t>() <= kMax;
}

std::optional<std::string> integer_fault(int bits, const Json& value) {
    if (!value.is_number_integer()) return mismatch("integer", value);
    if (bits == 32 ? fits_32_bits(value) : fits_64_bits(value)) return std::nullopt;
    return fmt::format("{} does not fit into {} bits", value.dump(), bits);
}

bool is_quantity(const Json& value) {
    return Quantity::from_json(value).has_value();
}

bool is_time(const Json& value) {
    return value.is_string() && parse_time(value.get_ref<const std::string&>());
}

bool is_base64(const Json& value) {
    return base64_decode(value.get_ref<const std::string&>()).has_value();
}

/// The bytes of a Secret do not belong into a message, not even when they are not bytes.
std::optional<std::string> base64_fault(const Json& value) {
    if (!value.is_string()) return mismatch("base64 text", value);
    if (is_base64(value)) return std::nullopt;
    return "expected base64 text";
}

std::optional<std::string> fault_unless(bool right, std::string_view expected, const Json& value) {
    if (right) return std::nullopt;
    return mismatch(expected, value);
}

}  // namespace

std::string mismatch(std::string_view expected, const Json& value) {
    return fmt::format("expected {}, got {}{}", expected, type_name(value), excerpt(value));
}

std::optional<std::string> scalar_fault(Kind kind, int bits, const Json& value) {
    switch (kind) {
        case Kind::String:
            return fault_unless(value.is_string(), "string", value);
        case Kind::Boolean:
            return fault_unless(value.is_boolean(), "boolean", value);
        case Kind::Number:
            return fault_unless(value.is_number(), "number", value);
        case Kind::Integer:
            return integer_fault(bits, value);
        case Kind::IntOrString:
            if (value.is_number_integer()) return integer_fault(32, value);
            return fault_unless(value.is_string(), "integer or string", value);
        case Kind::Quantity:
            return fault_unless(is_quantity(value), "quantity like 100m or 64Mi", value);
        case Kind::Time:
        case Kind::MicroTime:
            return fault_unless(is_time(value), "time like 2026-01-02T03:04:05Z", value);
        case Kind::Base64:
            return base64_fault(value);
        case Kind::Any:
        case Kind::Object:
        case Kind::List:
        case Kind::Map:
            break;
    }
    return std::nullopt;
}

}  // namespace picket::schema
