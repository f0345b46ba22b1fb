#include "cli/app.hpp"

#include "cli/completion.hpp"
#include "cli/usage_errors.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string_view>
#include <utility>

namespace picket::cli {
namespace {

int report(const std::string& message) {
    fmt::print(stderr, "error: {}\n", message);
    return kFailed;
}

int report_usage(const std::string& command, const std::string& message) {
    const std::string help =
        command.empty() ? "picket --help" : fmt::format("picket {} --help", command);
    fmt::print(stderr, "error: {}; see \"{}\"\n", message, help);
    return kWrongUsage;
}

// CLI11 reports --help as an exception too.
int report_parse_error(const CLI::App& parser, const CLI::ParseError& error) {
    if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success))
        return parser.exit(error);
    return report_usage(understood_command(parser), describe_parse_error(parser, error));
}

int act(const Action& action) {
    const Result<int> outcome = action();
    std::fflush(stdout);
    if (!outcome) return report(outcome.error().message);
    return *outcome;
}

}  // namespace

Program make_program(std::string_view only) {
    const bool known =
        std::ranges::find(all_commands(), only, &Command::name) != all_commands().end();
    Program program;
    program.parser = std::make_unique<CLI::App>(
        "picket keeps one copy of a pod on every host that should have it", "picket");
    program.parser->require_subcommand(1);
    program.parser->set_version_flag("--version", "picket " PICKET_VERSION);
    for (const Command& command : all_commands()) {
        CLI::App* sub =
            program.parser->add_subcommand(std::string(command.name), std::string(command.summary));
        sub->group(std::string(command.group));
        if (known && command.name != only) continue;
        program.actions.emplace(command.name, command.define(*sub));
    }
    return program;
}

int run(int argc, const char* const* argv) {
    // Before the parser: what is being typed is no valid command line yet.
    if (argc > 2 && std::string_view(argv[1]) == "__complete")
        return print_completions(*make_program().parser, {argv + 2, argv + argc});
    auto words = with_command_first({argv + 1, argv + argc});
    const Program program = make_program(words.empty() ? std::string_view() : words.front());
    try {
        std::ranges::reverse(words);  // as the parser wants a list of them
        program.parser->parse(std::move(words));
        return act(program.actions.at(program.parser->get_subcommands().front()->get_name()));
    } catch (const CLI::ParseError& error) {
        return report_parse_error(*program.parser, error);
    } catch (const UsageError& error) {
        return report_usage(understood_command(*program.parser), error.what());
    } catch (const std::exception& error) {
        return report(error.what());
    }
}

}  // namespace picket::cli
