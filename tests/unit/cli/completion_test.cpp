#include "cli/completion.hpp"

#include "cli/app.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace picket::cli;

namespace {

Completion completed(const std::vector<std::string>& words) {
    static const Program program = make_program();
    return complete(*program.parser, words);
}

bool offers(const std::vector<std::string>& words, const std::string& candidate) {
    return std::ranges::count(completed(words).candidates, candidate) == 1;
}

}  // namespace

TEST_CASE("completion: commands and subcommands", "[completion]") {
    CHECK(completed({"ge"}).candidates == std::vector<std::string>{"get"});
    CHECK(offers({""}, "server"));
    CHECK(offers({"token", ""}, "create"));
    CHECK(completed({"rollout", "st"}).candidates == std::vector<std::string>{"status"});
}

TEST_CASE("completion: options and their values", "[completion]") {
    CHECK(offers({"get", "--w"}, "--watch"));
    CHECK(offers({"get", "-o", ""}, "yaml"));
    CHECK(offers({"delete", "--cascade", "o"}, "orphan"));
    CHECK(completed({"get", "-n", ""}).names_of == "namespaces");
    CHECK(completed({"apply", "-f", ""}).candidates.empty());
}

TEST_CASE("completion: types first, then names of that type", "[completion]") {
    CHECK(completed({"get", "daem"}).candidates == std::vector<std::string>{"daemonsets"});
    CHECK(completed({"get", "ds", ""}).names_of == "daemonsets");
    CHECK(completed({"get", "-o", "yaml", "ds", "w"}).names_of == "daemonsets");
    CHECK(completed({"logs", ""}).names_of == "pods");
    CHECK(completed({"cordon", "n1", ""}).names_of == "nodes");
    CHECK(completed({"rollout", "status", "daemonsets", ""}).names_of == "daemonsets");
    CHECK(completed({"get", "nonsense", ""}).names_of.empty());
}

TEST_CASE("completion: every command has a row, an action and a help text", "[completion]") {
    const Program program = make_program();
    for (const Command& command : all_commands()) {
        CAPTURE(command.name);
        CHECK(program.actions.contains(command.name));
        CHECK_FALSE(command.summary.empty());
        CHECK_FALSE(program.parser->get_subcommand(std::string(command.name))->help().empty());
    }
    for (const char* shell : {"bash", "zsh", "fish"}) CHECK_FALSE(completion_script(shell).empty());
    CHECK(completion_script("tcsh").empty());
}
