#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace picket::cli {

/// What goes into a ConfigMap or Secret: --from-literal KEY=VALUE and --from-file [KEY=]PATH.
struct DataArguments {
    std::vector<std::string> literals = {};
    std::vector<std::string> files = {};
};
void add_data_arguments(CLI::App& app, DataArguments& arguments);

/// Text goes to `data`, bytes that are no UTF-8 to `binaryData`.
[[nodiscard]] Result<void> add_config_map_data(Json& object, const DataArguments& arguments);
/// Everything goes to `data`, in base64.
[[nodiscard]] Result<void> add_secret_data(Json& object, const DataArguments& arguments);

}  // namespace picket::cli
