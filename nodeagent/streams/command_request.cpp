#include "nodeagent/streams/command_request.hpp"

#include "common/api/status.hpp"

#include <nlohmann/json.hpp>

#include <limits>

namespace picket::nodeagent {
namespace {

constexpr int kLargestSide = std::numeric_limits<unsigned short>::max();

int side_of(const Json& size, const char* name) {
    const auto found = size.find(name);
    return found != size.end() && found->is_number_integer() ? found->get<int>() : 0;
}

}  // namespace

Result<CommandRequest> parse_command_request(const StreamRequest& request) {
    CommandRequest wanted;
    // The server has read the booleans and writes them in one way only.
    for (const auto& [name, text] : request.parameters) {
        if (name == "command") wanted.command.push_back(text);
        if (name == "stdin") wanted.input = text == "true";
        if (name == "stdout") wanted.output = text == "true";
        if (name == "stderr") wanted.errors = text == "true";
        if (name == "tty") wanted.tty = text == "true";
    }
    if (wanted.tty) wanted.errors = false;
    if (!wanted.input && !wanted.output && !wanted.errors)
        return bad_request("you must specify at least 1 of stdin, stdout, stderr");
    if (request.kind == "exec" && wanted.command.empty())
        return bad_request("you must specify at least 1 command for the container");
    return wanted;
}

Result<TerminalSize> parse_terminal_size(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return bad_request("the terminal's size is not JSON");
    const TerminalSize size{side_of(json, "Width"), side_of(json, "Height")};
    if (size.width <= 0 || size.height <= 0 || size.width > kLargestSide ||
        size.height > kLargestSide) {
        return bad_request("the terminal's size has no width or no height");
    }
    return size;
}

}  // namespace picket::nodeagent
