#pragma once
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace picket::cli {

struct ManifestOptions {
    std::vector<std::string> files =
        {};  ///< paths of files and directories, or "-" for standard input
    bool recursive = false;
};
void add_manifest_options(CLI::App& app, ManifestOptions& options);

/// One object as a file says it.
struct Manifest {
    Json object;
    std::string source;  ///< "web.yaml:12", for messages
};

/// Every object of the files, Lists opened up. Errors name file and line.
[[nodiscard]] Result<std::vector<Manifest>> load_manifests(const ManifestOptions& options);
/// The objects of one text. Pure.
[[nodiscard]] Result<std::vector<Manifest>> parse_manifests(
    std::string_view text, const std::string& file);

}  // namespace picket::cli
