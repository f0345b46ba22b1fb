#include "cli/host_table.hpp"

#include "cli/json_path.hpp"
#include "cli/table_printer.hpp"
#include "cli/text.hpp"
#include "common/api/age.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

Json table_of(std::initializer_list<const char*> columns) {
    auto definitions = Json::array();
    for (const auto* column : columns) definitions.push_back({{"name", column}});
    return {{"columnDefinitions", std::move(definitions)}, {"rows", Json::array()}};
}

Json or_dash(const std::string& text) {
    return text.empty() ? Json("-") : Json(text);
}

std::string age_of(const std::string& since, TimePoint now) {
    const auto start = parse_time(since);
    return start ? human_duration(std::max(Duration{0}, now - *start)) : "-";
}

/// "3 Running, 1 Starting"
std::string counts_text(const Json& counts) {
    std::vector<std::string> parts;
    if (!counts.is_object()) return {};
    for (const auto& [name, count] : counts.items())
        parts.push_back(fmt::format("{} {}", count.dump(), name));
    return join(parts, ", ");
}

std::string state_of(const Json& host) {
    auto state = string_at(host, "/state");
    const bool aside = at_path(host, "/setAside") == true && state != "SetAside";
    return aside ? state + " (set aside)" : state;
}

std::string operation_text(const Json& plan) {
    const auto operation = string_at(plan, "/operation");
    if (operation == "create") return "would be created";
    return operation == "update" ? "would be changed" : "would stay as it is";
}

}  // namespace

std::string format_placement(const Json& placement, TimePoint now) {
    auto table = table_of({"Node", "State", "Since", "Pod", "Template", "Why"});
    for (const Json& host : list_at(placement, "/hosts")) {
        table["rows"].push_back(
            {{"cells",
              {string_at(host, "/node"),
               state_of(host),
               age_of(string_at(host, "/since"), now),
               or_dash(string_at(host, "/pod")),
               or_dash(string_at(host, "/template")),
               or_dash(string_at(host, "/evidence"))}}});
    }
    if (table["rows"].empty()) return "There are no nodes.\n";
    auto text = TablePrinter({}).print(table);
    if (table["rows"].size() > 1) text += "\n" + counts_text(at_path(placement, "/states")) + "\n";
    return text;
}

std::string format_plan(const Json& plan) {
    auto text = fmt::format(
        "daemonset.apps/{} {}: {}\n",
        string_at(plan, "/metadata/name"),
        operation_text(plan),
        counts_text(at_path(plan, "/actions")));
    auto table = table_of({"Node", "Action", "Wave", "Pod", "Why"});
    for (const Json& host : list_at(plan, "/hosts")) {
        if (string_at(host, "/action") == "Untouched") continue;
        table["rows"].push_back(
            {{"cells",
              {string_at(host, "/node"),
               string_at(host, "/action"),
               or_dash(string_at(host, "/wave")),
               or_dash(string_at(host, "/pod")),
               or_dash(string_at(host, "/reason"))}}});
    }
    if (!table["rows"].empty()) text += TablePrinter({}).print(table);
    for (const Json& warning : list_at(plan, "/warnings"))
        text += "Warning: " + warning.get<std::string>() + "\n";
    return text;
}

}  // namespace picket::cli
