#include "apiserver/registry/kinds/amount.hpp"

#include "common/base/field_error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::registry {

std::optional<std::int64_t> parse_percent(std::string_view text) {
    if (!text.ends_with('%')) return std::nullopt;
    text.remove_suffix(1);
    constexpr std::size_t kDigits = 9;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (text.empty() || text.size() > kDigits || !std::ranges::all_of(text, is_digit))
        return std::nullopt;
    return std::stoll(std::string(text));
}

void validate_amount(const Json& value, const std::string& path, FieldErrors& errors) {
    if (value.is_number()) {
        if (value < 0) errors.push_back(field::invalid(path, value, kNotNegative));
    } else if (value.is_string()) {
        const auto percent = parse_percent(value.get_ref<const std::string&>());
        if (!percent) {
            errors.push_back(field::invalid(
                path, value, "must be a number, or digits followed by '%' (for example '10%')"));
        } else if (*percent > 100) {
            errors.push_back(field::invalid(path, value, "must not be greater than 100%"));
        }
    }
}

}  // namespace picket::registry
