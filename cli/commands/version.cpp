#include "cli/commands/commands.hpp"
#include "cli/json_path.hpp"
#include "cli/output.hpp"
#include "cli/session.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>
#include <optional>

namespace picket::cli {
namespace {

struct VersionOptions {
    ConnectionOptions connection;
    OutputFormat output = OutputFormat::Table;
    bool client_only = false;
};

Result<Json> server_version(const ConnectionOptions& connection) {
    auto session = Session::open(connection);
    if (!session) return session.error();
    auto body = (*session)->get_raw("/version");
    if (!body) return body.error();
    return Json::parse(*body, nullptr, false);
}

Result<int> version(const VersionOptions& options) {
    Json versions = {{"client", {{"version", PICKET_VERSION}}}};
    std::optional<Error> failure;
    if (!options.client_only) {
        auto server = server_version(options.connection);
        if (server) versions["server"] = *server;
        if (!server) failure = server.error();
    }
    if (options.output == OutputFormat::Table) {
        fmt::print("Client: picket {}\n", PICKET_VERSION);
        if (versions.contains("server"))
            fmt::print("Server: {}\n", string_at(versions, "/server/gitVersion"));
    } else {
        fmt::print("{}", format_object(versions, options.output));
    }
    if (failure) return *failure;
    return kDone;
}

}  // namespace

Action define_version(CLI::App& app) {
    const auto options = std::make_shared<VersionOptions>();
    app.add_flag("--client", options->client_only, "the client's version only");
    add_output_option(app, options->output, false);
    add_connection_options(app, options->connection);
    return [options] { return version(*options); };
}

}  // namespace picket::cli
