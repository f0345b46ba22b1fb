#include "cli/usage_errors.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace picket::cli {
namespace {

const CLI::App& deepest_command(const CLI::App& parser) {
    const CLI::App* command = &parser;
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    return *command;
}

// What is left over begins with the first word that nobody wanted.
std::string unwanted_word(const CLI::App& command) {
    const auto left = command.remaining();
    if (left.empty()) return {};
    const auto flag =
        std::ranges::find_if(left, [](const std::string& word) { return word.starts_with("-"); });
    return flag != left.end() ? *flag : left.front();
}

std::string missing_option(const CLI::App& command) {
    for (const CLI::Option* option : command.get_options()) {
        if (!option->get_required() || option->count() > 0) continue;
        if (!option->get_positional()) return fmt::format("{} is missing", option->get_name());
        return fmt::format(
            "argument \"{}\" is missing: {}", option->get_name(), option->get_description());
    }
    return {};
}

std::string name_missing(const CLI::App& command) {
    const bool wants_command =
        command.get_require_subcommand_min() > 0 && command.get_subcommands().empty();
    if (!wants_command) return missing_option(command);
    const auto word = unwanted_word(command);
    if (word.empty()) return "a command is missing";
    return fmt::format("there is no {} \"{}\"", word.starts_with("-") ? "flag" : "command", word);
}

std::string parser_text(const CLI::Error& error) {
    std::string message = error.what();
    message.erase(message.find_last_not_of(" .\n") + 1);
    return message;
}

bool is_connection_flag(std::string_view word) {
    constexpr std::array kFlags = {"-n", "--namespace", "--kubeconfig", "--context"};
    return std::ranges::find(kFlags, word) != kFlags.end();
}

bool is_connection_flag_with_value(std::string_view word) {
    const auto equals = word.find('=');
    return equals != std::string_view::npos && is_connection_flag(word.substr(0, equals));
}

}  // namespace

std::string describe_parse_error(const CLI::App& parser, const CLI::Error& error) {
    const CLI::App& command = deepest_command(parser);
    std::string text;
    if (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr) text = name_missing(command);
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        const auto word = unwanted_word(command);
        if (word.starts_with("-"))
            text = fmt::format("there is no flag \"{}\"", word);
        else if (!word.empty())
            text = fmt::format("\"{}\" is one word too many", word);
    }
    return text.empty() ? parser_text(error) : text;
}

std::string understood_command(const CLI::App& parser) {
    std::string names;
    const CLI::App* command = &parser;
    while (!command->get_subcommands().empty()) {
        command = command->get_subcommands().front();
        names += (names.empty() ? "" : " ") + command->get_name();
    }
    return names;
}

std::vector<std::string> with_command_first(std::vector<std::string> words) {
    auto command = words.begin();
    while (command != words.end()) {
        if (is_connection_flag_with_value(*command)) {
            ++command;
        } else if (is_connection_flag(*command) && words.end() - command > 1) {
            command += 2;
        } else {
            break;
        }
    }
    if (command != words.end()) std::rotate(words.begin(), command, command + 1);
    return words;
}

}  // namespace picket::cli
