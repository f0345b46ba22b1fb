#include "cli/describe/report.hpp"

#include "cli/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace picket::cli {
namespace {

constexpr std::size_t kValueColumn = 20;
constexpr std::size_t kSectionIndent = 2;

}  // namespace

Report& Report::field(std::string_view name, std::string_view value) {
    std::string heading = fmt::format("{}{}:", std::string(indent_, ' '), name);
    for (const std::string& part : split(value.empty() ? "<none>" : value, '\n')) {
        text_ += fmt::format("{:<{}} {}\n", heading, kValueColumn, part);
        heading.clear();
    }
    return *this;
}

Report& Report::map(std::string_view name, const Json& map) {
    std::vector<std::string> pairs;
    if (map.is_object()) {
        for (const auto& [key, value] : map.items())
            pairs.push_back(fmt::format(
                "{}={}", key, value.is_string() ? value.get<std::string>() : value.dump()));
    }
    return field(name, join(pairs, "\n"));
}

Report& Report::section(std::string_view name) {
    text_ += fmt::format("{}{}:\n", std::string(indent_, ' '), name);
    indent_ += kSectionIndent;
    return *this;
}

Report& Report::end_section() {
    indent_ -= kSectionIndent;
    return *this;
}

Report& Report::line(std::string_view text) {
    text_ += fmt::format("{}{}\n", std::string(indent_, ' '), text);
    return *this;
}

Report& Report::blank() {
    text_ += '\n';
    return *this;
}

}  // namespace picket::cli
