#pragma once
#include "common/async/awaitable.hpp"
#include "common/base/result.hpp"

#include <boost/asio/io_context.hpp>

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace picket::cli {

/// One of the parts that a process runs.
struct Part {
    std::string name;
    std::function<Awaitable<Result<void>>()> start;
    std::function<Awaitable<>()> stop;
};

/// Starts the parts in order, runs them until SIGTERM or SIGINT, stops them in reverse. A part that
/// cannot start stops the others and is returned as the error. A second signal ends the process at
/// once.
[[nodiscard]] Result<int> run_parts(boost::asio::io_context& loop, std::vector<Part> parts);

/// What every long-running command takes.
void add_log_level_option(CLI::App& app);

}  // namespace picket::cli
