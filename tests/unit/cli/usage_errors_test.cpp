#include "cli/usage_errors.hpp"

#include "cli/app.hpp"

#include <CLI/CLI.hpp>
#include <catch2/catch.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

/// What is said about these words; "" when they are understood.
std::string complaint(std::vector<std::string> words) {
    const Program program = make_program();
    std::ranges::reverse(words);
    try {
        program.parser->parse(std::move(words));
    } catch (const CLI::Error& error) {
        return understood_command(*program.parser) + ": " +
               describe_parse_error(*program.parser, error);
    }
    return {};
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("usage errors: each names the word that is wrong, or what is missing", "[arguments]") {
    CHECK(complaint({}) == ": a command is missing");
    CHECK(complaint({"frob"}) == ": there is no command \"frob\"");
    CHECK(complaint({"--frob"}) == ": there is no flag \"--frob\"");
    CHECK(complaint({"rollout", "frob", "ds/x"}) == "rollout: there is no command \"frob\"");
    CHECK(complaint({"rollout"}) == "rollout: a command is missing");
    CHECK(complaint({"rollout", "undo"}) == "rollout undo: argument \"what\" is missing: ds/NAME");
    CHECK(complaint({"get", "pods", "--frob"}) == "get: there is no flag \"--frob\"");
    CHECK(complaint({"server", "extra"}) == "server: \"extra\" is one word too many");
    CHECK(complaint({"why"}) == "why: argument \"what\" is missing: ds/NAME [NODE]");
    CHECK(complaint({"token", "create"}) == "token create: --user is missing");
    CHECK(
        complaint({"get", "ds", "-o", "foo"}) ==
        "get: --output: \"foo\" is none of json, name, table, wide, yaml");
    CHECK(complaint({"get", "ds", "-o", "yaml"}).empty());
}

TEST_CASE("usage: connection flags may stand before the command", "[arguments]") {
    CHECK(with_command_first({"get", "pods", "-n", "a"}) == Words{"get", "pods", "-n", "a"});
    CHECK(with_command_first({"-n", "a", "get", "pods"}) == Words{"get", "-n", "a", "pods"});
    CHECK(
        with_command_first({"--namespace=a", "--context", "c", "get"}) ==
        Words{"get", "--namespace=a", "--context", "c"});
    CHECK(with_command_first({"--help"}) == Words{"--help"});
    CHECK(with_command_first({"-n"}) == Words{"-n"});
    CHECK(with_command_first({"-n", "a"}) == Words{"-n", "a"});
    CHECK(with_command_first({}).empty());
}

TEST_CASE("program: for one command, the others have their names alone", "[cli]") {
    const auto program = make_program("server");
    CHECK(program.actions.size() == 1);
    CHECK(program.parser->get_subcommand("server")->get_option_no_throw("--listen") != nullptr);
    CHECK(program.parser->get_subcommand("logs")->get_option_no_throw("--tail") == nullptr);
    // What is no command is for the parser to judge, who must know all.
    CHECK(make_program("sever").actions.size() == make_program().actions.size());
}

}  // namespace picket::cli
