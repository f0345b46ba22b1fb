#include "cli/data_arguments.hpp"

#include "cli/command.hpp"
#include "common/api/status.hpp"
#include "common/base/encoding.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace picket::cli {
namespace {

using Entry = std::pair<std::string, std::string>;

Entry parse_literal(const std::string& argument) {
    const auto equals = argument.find('=');
    if (equals == std::string::npos || equals == 0)
        throw UsageError(fmt::format("\"{}\" is not KEY=VALUE", argument));
    return {argument.substr(0, equals), argument.substr(equals + 1)};
}

Result<Entry> read_file(const std::string& argument) {
    const auto equals = argument.find('=');
    const std::string path = equals == std::string::npos ? argument : argument.substr(equals + 1);
    const std::string key = equals == std::string::npos
                                ? std::filesystem::path(path).filename().string()
                                : argument.substr(0, equals);
    std::ifstream file(path, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file) return bad_request(fmt::format("cannot read {}: {}", path, std::strerror(errno)));
    return Entry{key, std::move(content)};
}

Result<std::vector<Entry>> read_entries(const DataArguments& arguments) {
    std::vector<Entry> entries;
    for (const std::string& literal : arguments.literals) entries.push_back(parse_literal(literal));
    for (const std::string& file : arguments.files) {
        auto entry = read_file(file);
        if (!entry) return entry.error();
        entries.push_back(std::move(*entry));
    }
    return entries;
}

bool is_utf8(const std::string& text) {
    try {
        (void)Json(text).dump();
        return true;
    } catch (const Json::type_error&) {
        return false;
    }
}

}  // namespace

void add_data_arguments(CLI::App& app, DataArguments& arguments) {
    app.add_option("--from-literal", arguments.literals, "a value")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false);
    app.add_option("--from-file", arguments.files, "a file's content, by its name or under a key")
        ->type_name("[KEY=]PATH")
        ->allow_extra_args(false);
}

Result<void> add_config_map_data(Json& object, const DataArguments& arguments) {
    auto entries = read_entries(arguments);
    if (!entries) return entries.error();
    for (auto& [key, value] : *entries) {
        if (is_utf8(value)) {
            object["data"][key] = std::move(value);
        } else {
            object["binaryData"][key] = base64_encode(value);
        }
    }
    return Ok();
}

Result<void> add_secret_data(Json& object, const DataArguments& arguments) {
    auto entries = read_entries(arguments);
    if (!entries) return entries.error();
    for (const auto& [key, value] : *entries) object["data"][key] = base64_encode(value);
    return Ok();
}

}  // namespace picket::cli
