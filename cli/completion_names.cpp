#include "cli/completion.hpp"
#include "cli/json_path.hpp"
#include "cli/resource_args.hpp"
#include "cli/session.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

// The connection options that were typed before: -n kube-system, --kubeconfig FILE, --context NAME.
std::string typed_value(
    const std::vector<std::string>& words, std::initializer_list<std::string_view> names) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        if (std::ranges::find(names, words[i]) != names.end()) return words[i + 1];
    }
    return {};
}

std::vector<std::string> names_on_server(
    const std::vector<std::string>& words, const std::string& type) {
    auto session = Session::open(
        {.kubeconfig = typed_value(words, {"--kubeconfig"}),
         .context = typed_value(words, {"--context"}),
         .namespace_name = typed_value(words, {"-n", "--namespace"})});
    const auto argument = parse_resource_type(type);
    if (!session || !argument) return {};
    const auto list = (*session)->get(target_of(*argument, (*session)->namespace_name()));
    if (!list) return {};
    std::vector<std::string> names;
    for (const Json& item : list_at(*list, "/items"))
        names.push_back(string_at(item, "/metadata/name"));
    return names;
}

}  // namespace

int print_completions(const CLI::App& parser, const std::vector<std::string>& words) {
    Completion found = complete(parser, words);
    if (!found.names_of.empty()) {
        for (std::string& name : names_on_server(words, found.names_of)) {
            if (name.starts_with(words.back())) found.candidates.push_back(std::move(name));
        }
    }
    for (const std::string& candidate : found.candidates) fmt::print("{}\n", candidate);
    return kDone;
}

}  // namespace picket::cli
