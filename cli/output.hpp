#pragma once
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace CLI {
class App;
}

namespace picket::cli {

enum class OutputFormat { Table, Wide, Yaml, Json, Name };

/// "-o table|wide|yaml|json|name". Without `tables` only the last three, for commands that print
/// one line by default.
void add_output_option(CLI::App& app, OutputFormat& format, bool tables);

/// One object, or a List, in a format that is not a table. Who manages which field is long and for
/// few to read, so it is left out unless it is asked for.
[[nodiscard]] std::string format_object(
    Json object, OutputFormat format, bool show_managed_fields = false);

/// Several objects the way one was asked for: YAML and JSON as a List.
[[nodiscard]] Json make_list(Json items);

}  // namespace picket::cli
