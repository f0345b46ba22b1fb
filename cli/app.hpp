#pragma once
#include "cli/command.hpp"

#include <CLI/App.hpp>

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace picket::cli {

/// The argument parser with every command defined, and what each would do.
struct Program {
    std::unique_ptr<CLI::App> parser;
    std::map<std::string, Action, std::less<>> actions;
};
/// With the options of one command alone, if `only` names one: a server keeps the parser for as
/// long as it runs, and all options of all commands take more than half a mebibyte.
[[nodiscard]] Program make_program(std::string_view only = {});

}  // namespace picket::cli
