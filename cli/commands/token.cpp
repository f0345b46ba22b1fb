#include "cli/commands/commands.hpp"
#include "cli/duration.hpp"
#include "cli/json_path.hpp"
#include "cli/session.hpp"
#include "cli/table_printer.hpp"
#include "common/base/clock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdio>

namespace picket::cli {
namespace {

struct TokenOptions {
    ConnectionOptions connection;
    std::string user;
    std::vector<std::string> groups;
    std::string description;
    std::chrono::milliseconds lifetime{0};
    std::vector<std::string> ids;
};

client::Target tokens(std::string id = {}) {
    return {.group_version = "picket.dev/v1", .plural = "tokens", .name = std::move(id)};
}

Json token_object(const TokenOptions& options) {
    Json spec = {{"user", options.user}};
    if (!options.groups.empty()) spec["groups"] = options.groups;
    if (!options.description.empty()) spec["description"] = options.description;
    if (options.lifetime.count() > 0)
        spec["expirationTime"] = format_time(SystemClock().now() + options.lifetime);
    return {
        {"apiVersion", "picket.dev/v1"},
        {"kind", "Token"},
        {"metadata", Json::object()},
        {"spec", std::move(spec)}};
}

/// Prints the token itself: the only time that it can be seen.
Result<int> create_token(const TokenOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto created = (*session)->create(tokens(), token_object(options));
    if (!created) return created.error();
    fmt::print("{}\n", string_at(*created, "/status/token"));
    return kDone;
}

Result<int> list_tokens(const TokenOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    auto table =
        (*session)->get(tokens(), {.accept = "application/json;as=Table;v=v1;g=meta.k8s.io"});
    if (!table) return table.error();
    fmt::print("{}", TablePrinter({.wide = true}).print(*table));
    return kDone;
}

Result<int> delete_tokens(const TokenOptions& options) {
    auto session = Session::open(options.connection);
    if (!session) return session.error();
    for (const std::string& id : options.ids) {
        auto removed = (*session)->remove(tokens(id), Json::object());
        if (!removed) return removed.error();
        fmt::print("token.picket.dev/{} deleted\n", id);
    }
    return kDone;
}

}  // namespace

Action define_token(CLI::App& app) {
    const auto options = std::make_shared<TokenOptions>();
    app.require_subcommand(1);
    CLI::App* create = app.add_subcommand("create", "Make a token and print it, once");
    create->add_option("--user", options->user, "whom it stands for")
        ->required()
        ->type_name("NAME");
    create
        ->add_option(
            "--group", options->groups, "a group of that user: system:masters may do everything")
        ->type_name("GROUP")
        ->allow_extra_args(false);
    create->add_option("--description", options->description, "what it is for")->type_name("TEXT");
    add_duration_option(
        *create, "--lifetime", options->lifetime, "how long it is valid; by default for ever");
    CLI::App* list = app.add_subcommand("list", "Show the tokens, without their secrets");
    CLI::App* remove = app.add_subcommand("delete", "Take tokens back, at once");
    remove->add_option("id", options->ids, "ids of tokens, as \"token list\" shows them")
        ->required();
    for (CLI::App* sub : {create, list, remove}) add_connection_options(*sub, options->connection);
    return [=] {
        if (create->parsed()) return create_token(*options);
        return list->parsed() ? list_tokens(*options) : delete_tokens(*options);
    };
}

}  // namespace picket::cli
