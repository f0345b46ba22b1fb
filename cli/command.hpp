#pragma once
/// The table of commands. Adding one: a file in cli/commands/, its declaration in commands.hpp, a
/// row in commands.cpp.
#include "common/base/result.hpp"

#include <functional>
#include <span>
#include <stdexcept>
#include <string_view>

namespace CLI {
class App;
}

namespace picket::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;

/// Arguments that contradict each other. Thrown, as the argument parser's own errors are, and ends
/// with kWrongUsage.
struct UsageError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// What a command does once its arguments are parsed; the exit code, or why it failed.
using Action = std::function<Result<int>()>;

/// What a command's positional arguments are: shell completion offers them.
enum class Arguments { None, Resources, Pods, Nodes, DaemonSets, Shells };

struct Command {
    std::string_view name;
    std::string_view summary;
    std::string_view group;
    Arguments arguments;
    /// Adds its options to `app` and returns what to run. Values that options write to live in the
    /// Action.
    Action (*define)(CLI::App& app);
};

[[nodiscard]] std::span<const Command> all_commands();

/// Parses the arguments, runs the command, prints a failure. Returns the exit code.
int run(int argc, const char* const* argv);

}  // namespace picket::cli
