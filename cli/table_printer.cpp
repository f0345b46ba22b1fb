#include "cli/table_printer.hpp"

#include "cli/json_path.hpp"
#include "cli/text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

constexpr std::size_t kGap = 3;

std::string cell_text(const Json& cell) {
    if (cell.is_null()) return "<none>";
    std::string text = cell.is_string() ? cell.get<std::string>() : cell.dump();
    // A cell is one line, whatever a message holds.
    std::ranges::replace_if(
        text, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
    return text;
}

std::string labels_text(const Json& labels) {
    if (!labels.is_object() || labels.empty()) return "<none>";
    std::vector<std::string> pairs;
    for (const auto& [key, value] : labels.items())
        pairs.push_back(fmt::format("{}={}", key, cell_text(value)));
    return join(pairs, ",");
}

}  // namespace

void TablePrinter::read_columns(const Json& table) {
    const Json& definitions = list_at(table, "/columnDefinitions");
    if (definitions.empty()) return;  // the later tables of a watch leave them out
    columns_.clear();
    for (std::size_t i = 0; i < definitions.size(); ++i) {
        if (integer_at(definitions[i], "/priority") > 0 && !options_.wide) continue;
        columns_.push_back({upper_case(string_at(definitions[i], "/name")), i});
    }
}

TablePrinter::Row TablePrinter::headings() const {
    Row row;
    if (options_.show_namespace) row.emplace_back("NAMESPACE");
    for (const Column& column : columns_) row.push_back(column.heading);
    if (options_.show_labels) row.emplace_back("LABELS");
    return row;
}

TablePrinter::Row TablePrinter::read_row(const Json& row) const {
    const Json& cells = list_at(row, "/cells");
    Row texts;
    if (options_.show_namespace) texts.push_back(string_at(row, "/object/metadata/namespace"));
    for (const Column& column : columns_) {
        std::string text =
            column.cell < cells.size() ? cell_text(cells[column.cell]) : std::string();
        texts.push_back(column.cell == 0 ? options_.name_prefix + text : text);
    }
    if (options_.show_labels) texts.push_back(labels_text(at_path(row, "/object/metadata/labels")));
    return texts;
}

void TablePrinter::widen(const Row& row) {
    widths_.resize(std::max(widths_.size(), row.size()), 0);
    for (std::size_t i = 0; i < row.size(); ++i)
        widths_[i] = std::max(widths_[i], display_width(row[i]));
}

std::string TablePrinter::align(const Row& row) const {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
        line += row[i];
        if (i + 1 < row.size()) line.append(widths_[i] - display_width(row[i]) + kGap, ' ');
    }
    return line + "\n";
}

std::string TablePrinter::print(const Json& table) {
    read_columns(table);
    std::vector<Row> rows;
    if (options_.headings && !headings_printed_) rows.push_back(headings());
    headings_printed_ = true;
    for (const Json& row : list_at(table, "/rows")) rows.push_back(read_row(row));
    for (const Row& row : rows) widen(row);
    std::string text;
    for (const Row& row : rows) text += align(row);
    return text;
}

}  // namespace picket::cli
