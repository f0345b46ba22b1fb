#include "cli/commands/commands.hpp"
#include "cli/json_path.hpp"
#include "cli/pod_argument.hpp"
#include "cli/pod_command.hpp"
#include "cli/terminal.hpp"
#include "common/api/status.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace picket::cli {
namespace {

struct ExecOptions {
    ConnectionOptions connection;
    std::string what;
    std::vector<std::string> words;
    std::string container;
    bool input = false;
    bool tty = false;
};

bool has_own_terminal(const Json& pod, const std::string& container) {
    const Json& containers = list_at(pod, "/spec/containers");
    return std::any_of(containers.begin(), containers.end(), [&](const Json& one) {
        return string_at(one, "/name") == container && string_at(one, "/tty") == "true";
    });
}

Result<int> run_command(const std::string& subresource, const ExecOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto pod = find_pod(**session, options.what);
    if (!pod) return pod.error();
    CommandInPod command{subresource, choose_container(options.container, *pod), options.words};
    command.input = options.input;
    command.tty = options.tty && is_terminal(STDIN_FILENO);
    if (options.tty && !command.tty)
        fmt::print(stderr, "Standard input is no terminal: going on without -t\n");
    if (command.tty && subresource == "attach" && !has_own_terminal(*pod, command.container)) {
        fmt::print(
            stderr, "Container {} has no terminal: going on without -t\n", command.container);
        command.tty = false;
    }
    return run_in_pod(**session, *pod, std::move(command));
}

void add_command_options(CLI::App& app, ExecOptions& options) {
    app.add_option("what", options.what, "POD or ds/NAME")->required();
    app.add_option("-c,--container", options.container, "container; the first by default")
        ->type_name("NAME");
    app.add_flag("-i,--stdin", options.input, "pass standard input on");
    app.add_flag("-t,--tty", options.tty, "with a terminal");
    add_connection_options(app, options.connection);
}

}  // namespace

Action define_exec(CLI::App& app) {
    const auto options = std::make_shared<ExecOptions>();
    add_command_options(app, *options);
    app.add_option("command", options->words, "after --: the command and its arguments")
        ->required();
    return [options] { return run_command("exec", *options); };
}

Action define_attach(CLI::App& app) {
    const auto options = std::make_shared<ExecOptions>();
    add_command_options(app, *options);
    return [options] { return run_command("attach", *options); };
}

}  // namespace picket::cli
