#include "cli/manifest.hpp"

#include "cli/json_path.hpp"
#include "common/api/status.hpp"
#include "common/yaml/yaml.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

namespace picket::cli {
namespace {

namespace fs = std::filesystem;

bool is_manifest_file(const fs::path& path) {
    const fs::path extension = path.extension();
    return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

template <class Iterator>
std::vector<fs::path> manifest_files_of(const fs::path& directory) {
    std::vector<fs::path> files;
    for (const auto& entry : Iterator(directory)) {
        if (entry.is_regular_file() && is_manifest_file(entry.path()))
            files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

Result<std::vector<fs::path>> expand(const std::string& path, bool recursive) {
    std::error_code ignored;
    if (!fs::is_directory(path, ignored)) return std::vector<fs::path>{path};
    auto files = recursive ? manifest_files_of<fs::recursive_directory_iterator>(path)
                           : manifest_files_of<fs::directory_iterator>(path);
    if (files.empty())
        return bad_request(fmt::format("directory {} holds no .yaml, .yml or .json file", path));
    return files;
}

Result<std::string> read_all(const fs::path& path) {
    if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), {}};
    if (!file)
        return bad_request(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
    return text;
}

Result<void> add_object(std::vector<Manifest>& manifests, Json object, const std::string& source) {
    if (!object.is_object())
        return bad_request(fmt::format("{}: not an object with apiVersion and kind", source));
    const std::string kind = string_at(object, "/kind");
    if (kind.ends_with("List") && object.contains("items")) {
        if (!object["items"].is_array())
            return bad_request(fmt::format("{}: items is not a list", source));
        for (Json& item : object["items"]) {
            if (auto added = add_object(manifests, std::move(item), source); !added) return added;
        }
        return Ok();
    }
    if (kind.empty() || string_at(object, "/apiVersion").empty())
        return bad_request(
            fmt::format("{}: {} is not set", source, kind.empty() ? "kind" : "apiVersion"));
    manifests.push_back({std::move(object), source});
    return Ok();
}

}  // namespace

void add_manifest_options(CLI::App& app, ManifestOptions& options) {
    app.add_option(
           "-f,--filename",
           options.files,
           "file or directory with YAML or JSON; - is standard input")
        ->type_name("FILE")
        ->allow_extra_args(false);
    app.add_flag("-R,--recursive", options.recursive, "also look into the directories below");
}

Result<std::vector<Manifest>> parse_manifests(std::string_view text, const std::string& file) {
    auto documents = parse_yaml(text);
    if (!documents) return bad_request(fmt::format("{}: {}", file, documents.error().message));
    std::vector<Manifest> manifests;
    for (YamlDocument& document : *documents) {
        const std::string source = fmt::format("{}:{}", file, document.line);
        if (auto added = add_object(manifests, std::move(document.value), source); !added)
            return added.error();
    }
    return manifests;
}

Result<std::vector<Manifest>> load_manifests(const ManifestOptions& options) {
    std::vector<Manifest> all;
    for (const std::string& path : options.files) {
        auto files = expand(path, options.recursive);
        if (!files) return files.error();
        for (const fs::path& file : *files) {
            auto text = read_all(file);
            if (!text) return text.error();
            auto manifests = parse_manifests(*text, file == "-" ? "standard input" : file.string());
            if (!manifests) return manifests.error();
            std::ranges::move(*manifests, std::back_inserter(all));
        }
    }
    if (all.empty())
        return bad_request("no objects in " + fmt::format("{}", fmt::join(options.files, ", ")));
    return all;
}

}  // namespace picket::cli
