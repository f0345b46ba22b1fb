#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace picket::cli {

/// What may stand at the end of a command line that is being typed.
struct Completion {
    std::vector<std::string> candidates = {};
    /// Names of this type's objects may stand there too: "daemonsets". The caller asks the server.
    std::string names_of = {};
};

/// `words` are those after "picket"; the last one, perhaps empty, is being typed. Pure.
[[nodiscard]] Completion complete(const CLI::App& parser, const std::vector<std::string>& words);

/// The script that makes a shell ask `picket __complete`; nothing for an unknown shell.
[[nodiscard]] std::string_view completion_script(std::string_view shell);

/// `picket __complete WORD...`: prints the candidates, the server's names included where it can be
/// reached.
int print_completions(const CLI::App& parser, const std::vector<std::string>& words);

}  // namespace picket::cli
