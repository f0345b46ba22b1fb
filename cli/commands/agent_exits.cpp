#include "cli/commands/agent_subcommands.hpp"
#include "cli/paths.hpp"
#include "nodeagent/blackbox/black_box.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

namespace picket::cli {
namespace {

struct ExitsOptions {
    std::string data_dir = kDefaultAgentDir;
    std::string name;
    bool lines = false;
};

bool is_about(const nodeagent::ExitRecord& record, const std::string& name) {
    return name.empty() || record.daemon == name || record.pod == name ||
           record.daemon.ends_with("/" + name);
}

void print_lines(const std::string& text) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto end = rest.find('\n');
        fmt::print("    {}\n", rest.substr(0, end));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
}

Result<int> print_exits(const ExitsOptions& options) {
    const auto records =
        nodeagent::BlackBox::read(std::filesystem::path(options.data_dir) / "exits");
    for (const auto& record : records) {
        if (!is_about(record, options.name)) continue;
        fmt::print(
            "{}  {}  {}  {}: {}\n",
            record.finished ? format_time(*record.finished) : "never started",
            record.daemon,
            record.pod,
            record.container,
            describe_exit(record));
        if (options.lines) print_lines(record.last_lines);
    }
    return kDone;
}

}  // namespace

Action define_agent_exits(CLI::App& app) {
    const auto options = std::make_shared<ExitsOptions>();
    app.add_option("NAME", options->name, "only of this daemon or pod");
    app.add_option("--data-dir", options->data_dir, "data dir of the agent")->type_name("DIR");
    app.add_flag("--lines", options->lines, "with the last lines that were written");
    return [options] { return print_exits(*options); };
}

}  // namespace picket::cli
