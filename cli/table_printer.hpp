#pragma once
#include "common/base/json.hpp"

#include <string>
#include <vector>

namespace picket::cli {

struct TableOptions {
    bool wide = false;  ///< columns of priority 1 too
    bool headings = true;
    bool show_namespace = false;  ///< a first column, from each row's object
    bool show_labels = false;     ///< a last column
    std::string name_prefix =
        {};  ///< "daemonset.apps/" before each name, where several types are listed
};

/// Turns the server's Table answers into text. Pure but for what it remembers: column widths and
/// that the headings are out, so that the rows of a watch line up below the list they follow.
class TablePrinter {
public:
    explicit TablePrinter(TableOptions options) : options_(std::move(options)) {}

    /// Lines for the rows of `table`, the headings first if they were not printed yet.
    [[nodiscard]] std::string print(const Json& table);

private:
    using Row = std::vector<std::string>;

    void read_columns(const Json& table);
    [[nodiscard]] Row headings() const;
    [[nodiscard]] Row read_row(const Json& row) const;
    void widen(const Row& row);
    [[nodiscard]] std::string align(const Row& row) const;

    struct Column {
        std::string heading;
        std::size_t cell;
    };
    TableOptions options_;
    std::vector<Column> columns_;
    std::vector<std::size_t> widths_;
    bool headings_printed_ = false;
};

}  // namespace picket::cli
