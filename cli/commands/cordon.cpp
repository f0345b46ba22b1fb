#include "cli/cordon.hpp"

#include "cli/commands/commands.hpp"

#include <CLI/CLI.hpp>

namespace picket::cli {
namespace {

struct CordonOptions {
    ConnectionOptions connection;
    WriteOptions write;
    std::vector<std::string> nodes;
};

Result<int> cordon_all(const CordonOptions& options, bool unschedulable) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    for (const std::string& node : options.nodes) {
        auto done = set_unschedulable(**session, node, unschedulable, options.write);
        if (!done) return done.error();
    }
    return kDone;
}

Action define(CLI::App& app, bool unschedulable) {
    const auto options = std::make_shared<CordonOptions>();
    app.add_option("node", options->nodes, "names of nodes")->required();
    add_write_options(app, options->write);
    add_connection_options(app, options->connection);
    return [options, unschedulable] { return cordon_all(*options, unschedulable); };
}

}  // namespace

Action define_cordon(CLI::App& app) {
    return define(app, true);
}
Action define_uncordon(CLI::App& app) {
    return define(app, false);
}

}  // namespace picket::cli
