#include "apiserver/auth/rbac/policy_rule.hpp"

#include "common/api/json_read.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::apiserver {
namespace {

using RuleWords = std::vector<std::string>;

PolicyRule parse_policy_rule(const Json& rule) {
    return {
        .verbs = json_read::strings(rule, "verbs"),
        .api_groups = json_read::strings(rule, "apiGroups"),
        .resources = json_read::strings(rule, "resources"),
        .resource_names = json_read::strings(rule, "resourceNames"),
        .paths = json_read::strings(rule, "nonResourceURLs")};
}

bool names_or_star(const RuleWords& words, std::string_view wanted) {
    return std::ranges::any_of(
        words, [&](const std::string& word) { return word == "*" || word == wanted; });
}

/// "pods/log" is not part of "pods"; "*/log" is the log of everything, "*" is everything.
bool names_resource(const std::string& word, std::string_view resource) {
    if (word == "*" || word == resource) return true;
    const auto slash = resource.find('/');
    return slash != std::string_view::npos && word.starts_with("*/") &&
           std::string_view(word).substr(1) == resource.substr(slash);
}

bool names_path(const std::string& word, std::string_view path) {
    if (word == "*" || word == path) return true;
    return word.ends_with('*') &&
           path.starts_with(std::string_view(word).substr(0, word.size() - 1));
}

/// One verb on one thing: what a rule is made of.
struct Grain {
    std::string verb;
    std::string group;
    std::string resource;
    std::string name;
    std::string path;

    [[nodiscard]] std::string text() const {
        if (!path.empty()) return fmt::format("{} on path {}", verb, path);
        return fmt::format(
            "{} on {}{}{}",
            verb,
            resource,
            group.empty() ? "" : "." + group,
            name.empty() ? "" : fmt::format(" \"{}\"", name));
    }
};

bool rule_covers(const PolicyRule& rule, const Grain& grain) {
    if (!names_or_star(rule.verbs, grain.verb)) return false;
    if (!grain.path.empty()) {
        return std::ranges::any_of(
            rule.paths, [&](const std::string& word) { return names_path(word, grain.path); });
    }
    const bool name_fits =
        rule.resource_names.empty() ||
        (!grain.name.empty() &&
         std::ranges::find(rule.resource_names, grain.name) != rule.resource_names.end());
    return name_fits && names_or_star(rule.api_groups, grain.group) &&
           std::ranges::any_of(rule.resources, [&](const std::string& word) {
               return names_resource(word, grain.resource);
           });
}

/// Calls `visit` with every grain of a rule until it returns false.
template <class Visit>
bool for_each_grain(const PolicyRule& rule, Visit visit) {
    const RuleWords any_name = {""};
    const auto& names = rule.resource_names.empty() ? any_name : rule.resource_names;
    for (const auto& verb : rule.verbs) {
        for (const auto& path : rule.paths) {
            if (!visit(Grain{verb, "", "", "", path})) return false;
        }
        for (const auto& group : rule.api_groups) {
            for (const auto& resource : rule.resources) {
                for (const auto& name : names) {
                    if (!visit(Grain{verb, group, resource, name, ""})) return false;
                }
            }
        }
    }
    return true;
}

}  // namespace

PolicyRules parse_policy_rules(const Json& role) {
    return json_read::list<PolicyRule>(role, "rules", parse_policy_rule);
}

bool rule_allows(const PolicyRule& rule, const AccessRequest& request) {
    if (!request.resource_request) {
        return names_or_star(rule.verbs, request.verb) &&
               std::ranges::any_of(rule.paths, [&](const std::string& word) {
                   return names_path(word, request.path);
               });
    }
    return rule_covers(
        rule,
        {request.verb, request.group, request.qualified_resource(), request.effective_name(), ""});
}

std::string first_uncovered(const PolicyRules& held, const PolicyRules& wanted) {
    std::string missing;
    for (const auto& rule : wanted) {
        const bool covered = for_each_grain(rule, [&](const Grain& grain) {
            const bool have = std::ranges::any_of(
                held, [&](const PolicyRule& mine) { return rule_covers(mine, grain); });
            if (!have) missing = grain.text();
            return have;
        });
        if (!covered) return missing;
    }
    return missing;
}

}  // namespace picket::apiserver
