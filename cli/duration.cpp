#include "cli/duration.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cstdint>

namespace picket::cli {
namespace {

using std::chrono::milliseconds;

struct Unit {
    std::string_view name;
    milliseconds length;
};
// "ms" before "m": the first that fits is taken.
constexpr std::array<Unit, 5> kUnits = {{
    {"ms", milliseconds{1}},
    {"s", std::chrono::seconds{1}},
    {"m", std::chrono::minutes{1}},
    {"h", std::chrono::hours{1}},
    {"d", std::chrono::hours{24}},
}};

std::optional<std::int64_t> take_number(std::string_view& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    // A year of milliseconds fits many times; what does not is a slip of the finger.
    if (error != std::errc{} || number < 0 || number > 100'000'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return number;
}

std::optional<milliseconds> take_unit(std::string_view& text) {
    for (const Unit& unit : kUnits) {
        if (!text.starts_with(unit.name)) continue;
        text.remove_prefix(unit.name.size());
        return unit.length;
    }
    return std::nullopt;
}

}  // namespace

std::optional<milliseconds> parse_duration(std::string_view text) {
    if (text.empty()) return std::nullopt;
    milliseconds total{0};
    while (!text.empty()) {
        const auto number = take_number(text);
        if (!number) return std::nullopt;
        if (text.empty() && total == milliseconds{0}) return std::chrono::seconds{*number};
        const auto unit = take_unit(text);
        if (!unit) return std::nullopt;
        total += *number * *unit;
    }
    return total;
}

CLI::Option* add_duration_option(
    CLI::App& app, const std::string& name, milliseconds& value, const std::string& description) {
    const auto parse = [&value, name](const std::string& text) {
        const auto parsed = parse_duration(text);
        if (!parsed)
            throw CLI::ValidationError(
                name, fmt::format("\"{}\" is not a duration like 90s, 5m or 1h30m", text));
        value = *parsed;
    };
    return app.add_option_function<std::string>(name, parse, description)->type_name("DURATION");
}

}  // namespace picket::cli
