#pragma once
#include <map>
#include <string>
#include <vector>

namespace CLI {
class App;
class Error;
}  // namespace CLI

namespace picket::cli {

/// What is wrong with the words that `parser` has just refused, in one line; the parser's own text
/// where it is clear enough.
[[nodiscard]] std::string describe_parse_error(const CLI::App& parser, const CLI::Error& error);

/// The command that the words meant as far as they were understood: "rollout undo"; "" for none.
[[nodiscard]] std::string understood_command(const CLI::App& parser);

/// The flags of a connection (-n NAMESPACE …) may stand before the command, as with kubectl: they
/// are put behind it. `words` are without the program's name.
[[nodiscard]] std::vector<std::string> with_command_first(std::vector<std::string> words);

}  // namespace picket::cli
