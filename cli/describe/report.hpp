#pragma once
#include "common/base/json.hpp"

#include <string>
#include <string_view>

namespace picket::cli {

/// Text in two columns, "Name:   web", with sections indented below their heading. What `describe`
/// prints.
class Report {
public:
    /// A value, "<none>" where it is empty. Further lines of it stand below the first.
    Report& field(std::string_view name, std::string_view value);
    /// One "key=value" a line; "<none>" for an empty map.
    Report& map(std::string_view name, const Json& map);
    /// A heading; what follows until end_section() is indented.
    Report& section(std::string_view name);
    Report& end_section();
    Report& line(std::string_view text);
    Report& blank();

    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
    std::size_t indent_ = 0;
};

}  // namespace picket::cli
