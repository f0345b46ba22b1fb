#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace picket::cli {

/// "90s", "5m", "1h30m", "500ms", "2d", or a plain number of seconds; nothing if it is not that.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

/// An option that takes a duration.
CLI::Option* add_duration_option(
    CLI::App& app,
    const std::string& name,
    std::chrono::milliseconds& value,
    const std::string& description);

}  // namespace picket::cli
