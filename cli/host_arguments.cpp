#include "cli/host_arguments.hpp"

#include "cli/command.hpp"
#include "cli/text.hpp"
#include "common/api/names.hpp"
#include "common/api/status.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

namespace picket::cli {
namespace {

std::string trimmed(std::string text) {
    const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
    text.erase(std::find_if_not(text.rbegin(), text.rend(), is_space).base(), text.end());
    text.erase(text.begin(), std::ranges::find_if_not(text, is_space));
    return text;
}

}  // namespace

std::string default_node_name() {
    boost::system::error_code error;
    std::string name = boost::asio::ip::host_name(error);
    std::ranges::transform(
        name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name;
}

std::map<std::string, std::string> parse_node_labels(const std::string& text) {
    std::map<std::string, std::string> labels;
    if (text.empty()) return labels;
    for (const std::string& pair : split(text, ',')) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0)
            throw UsageError(fmt::format("--node-labels: \"{}\" is not KEY=VALUE", pair));
        const std::string key = pair.substr(0, equals);
        const std::string value = pair.substr(equals + 1);
        const auto problems = check_qualified_name(key);
        const auto value_problems = check_label_value(value);
        if (!problems.empty())
            throw UsageError(fmt::format("--node-labels: key \"{}\": {}", key, problems.front()));
        if (!value_problems.empty())
            throw UsageError(
                fmt::format("--node-labels: value \"{}\": {}", value, value_problems.front()));
        labels[key] = value;
    }
    return labels;
}

Result<std::string> read_join_token(const std::string& file) {
    if (file.empty()) {
        const char* variable = std::getenv("PICKET_TOKEN");
        return std::string(variable == nullptr ? "" : variable);
    }
    std::ifstream stream(file);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    if (!stream)
        return bad_request(
            fmt::format("cannot read the token file {}: {}", file, std::strerror(errno)));
    text = trimmed(std::move(text));
    if (text.empty()) return bad_request(fmt::format("the token file {} is empty", file));
    return text;
}

}  // namespace picket::cli
