#include "cli/completion.hpp"

#include "cli/command.hpp"
#include "cli/text.hpp"
#include "common/api/resource.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>

namespace picket::cli {
namespace {

using Words = std::vector<std::string>;

const std::map<std::string_view, Words>& known_values() {
    static const std::map<std::string_view, Words> values = {
        {"--output", {"table", "wide", "yaml", "json", "name"}},
        {"--cascade", {"background", "foreground", "orphan"}},
        {"--dry-run", {"none", "client", "server"}},
        {"--log-level", {"trace", "debug", "info", "warn", "error", "off"}}};
    return values;
}

const CLI::App* find_subcommand(const CLI::App& app, const std::string& word) {
    const auto subs =
        app.get_subcommands([&](const CLI::App* sub) { return sub->check_name(word); });
    return subs.empty() ? nullptr : subs.front();
}

const CLI::Option* find_option(const CLI::App& app, const std::string& word) {
    return word.starts_with('-') && word.size() > 1 ? app.get_option_no_throw(word) : nullptr;
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

Words option_names(const CLI::App& app) {
    Words names;
    for (const CLI::Option* option : app.get_options()) {
        for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
        for (const std::string& name : option->get_snames()) names.push_back("-" + name);
    }
    return names;
}

Words subcommand_names(const CLI::App& app) {
    Words names;
    for (const CLI::App* sub :
         app.get_subcommands([](const CLI::App* s) { return !s->get_group().empty(); }))
        names.push_back(sub->get_name());
    return names;
}

Words resource_types() {
    Words types;
    for (const Resource& resource : all_resources()) types.emplace_back(resource.plural);
    return types;
}

/// Where on the command line the typed word stands.
struct Position {
    const CLI::App* app;
    std::string command = {};  ///< "get"
    Words positionals = {};
    const CLI::Option* option = nullptr;  ///< whose value is being typed
};

Position locate(const CLI::App& parser, const Words& before) {
    Position at{.app = &parser};
    for (const std::string& word : before) {
        if (at.option != nullptr) {
            at.option = nullptr;
        } else if (const CLI::Option* option = find_option(*at.app, word)) {
            if (takes_value(*option)) at.option = option;
        } else if (
            const CLI::App* sub =
                at.positionals.empty() ? find_subcommand(*at.app, word) : nullptr) {
            if (at.command.empty()) at.command = sub->get_name();
            at.app = sub;
        } else if (!word.starts_with('-')) {
            at.positionals.push_back(word);
        }
    }
    return at;
}

Completion complete_value(const CLI::Option& option) {
    for (const std::string& name : option.get_lnames()) {
        if (const auto known = known_values().find("--" + name); known != known_values().end())
            return {.candidates = known->second};
        if (name == "namespace") return {.names_of = "namespaces"};
    }
    return {};  // a file perhaps: the shell offers them by itself
}

Completion complete_resource(const Words& positionals) {
    if (positionals.empty()) return {.candidates = resource_types()};
    const Resource* resource = find_resource_by_name(positionals.front());
    return {.names_of = resource == nullptr ? std::string() : std::string(resource->plural)};
}

Completion complete_daemon_set(const Words& positionals) {
    if (positionals.empty()) return {.candidates = {"daemonsets"}};
    return {.names_of = "daemonsets"};
}

Completion complete_argument(const Position& at) {
    const auto commands = all_commands();
    const auto command = std::ranges::find(commands, at.command, &Command::name);
    if (command == commands.end()) return {};
    switch (command->arguments) {
        case Arguments::None:
            return {};
        case Arguments::Resources:
            return complete_resource(at.positionals);
        case Arguments::DaemonSets:
            return complete_daemon_set(at.positionals);
        case Arguments::Pods:
            return {.names_of = "pods"};
        case Arguments::Nodes:
            return {.names_of = "nodes"};
        case Arguments::Shells:
            return {.candidates = {"bash", "zsh", "fish"}};
    }
    return {};
}

}  // namespace

Completion complete(const CLI::App& parser, const Words& words) {
    const std::string typed = words.empty() ? std::string() : words.back();
    const Words before(words.begin(), words.empty() ? words.end() : words.end() - 1);
    const Position at = locate(parser, before);
    Completion found;
    if (at.option != nullptr) {
        found = complete_value(*at.option);
    } else if (typed.starts_with('-')) {
        found.candidates = option_names(*at.app);
    } else if (at.positionals.empty() && !subcommand_names(*at.app).empty()) {
        found.candidates = subcommand_names(*at.app);
    } else {
        found = complete_argument(at);
    }
    std::erase_if(found.candidates, [&](const std::string& candidate) {
        return !candidate.starts_with(typed);
    });
    std::ranges::sort(found.candidates);
    return found;
}

std::string_view completion_script(std::string_view shell) {
    if (shell == "bash")
        return R"(# bash completion of picket: source <(picket completion bash)
_picket() {
    local IFS=$'\n'
    mapfile -t COMPREPLY < <(picket __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _picket picket
)";
    if (shell == "zsh")
        return R"(#compdef picket
# zsh completion of picket: source <(picket completion zsh)
_picket() {
    local -a candidates
    candidates=("${(@f)$(picket __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    if [[ -n "${candidates[1]}" ]]; then compadd -a candidates; else _files; fi
}
compdef _picket picket
)";
    if (shell == "fish")
        return R"(# fish completion of picket: picket completion fish | source
function __picket_complete
    set -l words (commandline -opc) (commandline -ct)
    picket __complete $words[2..-1] 2>/dev/null
end
complete -c picket -a '(__picket_complete)'
)";
    return {};
}

}  // namespace picket::cli
