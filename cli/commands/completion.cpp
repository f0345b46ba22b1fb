#include "cli/completion.hpp"

#include "cli/commands/commands.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace picket::cli {

Action define_completion(CLI::App& app) {
    const auto shell = std::make_shared<std::string>();
    app.add_option("shell", *shell, "bash, zsh or fish")
        ->required()
        ->check(CLI::IsMember({"bash", "zsh", "fish"}).description(""));
    return [shell]() -> Result<int> {
        fmt::print("{}", completion_script(*shell));
        return kDone;
    };
}

}  // namespace picket::cli
