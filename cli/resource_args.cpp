#include "cli/resource_args.hpp"

#include "cli/command.hpp"
#include "cli/json_path.hpp"
#include "cli/text.hpp"
#include "common/api/status.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

Error unknown_type(std::string_view word) {
    std::vector<std::string> known;
    for (const Resource& resource : all_resources()) known.emplace_back(resource.plural);
    return {
        .reason = Reason::NotFound,
        .message = fmt::format(
            "the server has no resource type \"{}\"; known are: {}", word, join(known, ", "))};
}

// "daemonsets.v1beta1.extensions" asks for that version; anything shorter for the stored one.
std::string version_asked_for(const Resource& resource, std::string_view word) {
    const auto dot = word.find('.');
    if (dot != std::string_view::npos) {
        const std::string_view qualifier = word.substr(dot + 1);
        for (const std::string_view candidate : resource.group_versions) {
            const auto [group, version] = split_group_version(candidate);
            if (qualifier == group || qualifier == fmt::format("{}.{}", version, group))
                return std::string(candidate);
        }
    }
    return std::string(resource.group_versions.front());
}

std::vector<ResourceArg> types_in_category(std::string_view category) {
    std::vector<ResourceArg> found;
    for (const Resource& resource : all_resources()) {
        if (std::ranges::find(resource.categories, category) != resource.categories.end())
            found.push_back({&resource, std::string(resource.group_versions.front())});
    }
    return found;
}

Result<std::vector<ResourceArg>> parse_types(const std::string& words) {
    std::vector<ResourceArg> types;
    for (const std::string& word : split(words, ',')) {
        auto of_category = types_in_category(word);
        if (!of_category.empty()) {
            std::ranges::move(of_category, std::back_inserter(types));
            continue;
        }
        auto type = parse_resource_type(word);
        if (!type) return type.error();
        types.push_back(std::move(*type));
    }
    return types;
}

Result<std::vector<ResourceArg>> parse_type_and_names(const std::vector<std::string>& words) {
    auto types = parse_types(words.front());
    if (!types || words.size() == 1) return types;
    std::vector<ResourceArg> named;
    for (const ResourceArg& type : *types) {
        for (auto name = words.begin() + 1; name != words.end(); ++name) {
            named.push_back({type.resource, type.group_version, *name});
        }
    }
    return named;
}

Result<ResourceArg> parse_slash_form(const std::string& word) {
    const auto slash = word.find('/');
    auto argument = parse_resource_type(std::string_view(word).substr(0, slash));
    if (!argument) return argument.error();
    argument->name = word.substr(slash + 1);
    if (argument->name.empty() || argument->name.find('/') != std::string::npos)
        throw UsageError(fmt::format("\"{}\" is not TYPE/NAME", word));
    return argument;
}

}  // namespace

Result<ResourceArg> parse_resource_type(std::string_view word) {
    const Resource* resource = find_resource_by_name(word);
    if (resource == nullptr) return unknown_type(word);
    return ResourceArg{resource, version_asked_for(*resource, word)};
}

Result<std::vector<ResourceArg>> parse_resource_args(const std::vector<std::string>& words) {
    if (words.empty())
        throw UsageError("say what: a type (ds), a type and names (ds web), or TYPE/NAME (ds/web)");
    const auto has_slash = [](const std::string& word) {
        return word.find('/') != std::string::npos;
    };
    const auto with_slash = static_cast<std::size_t>(std::ranges::count_if(words, has_slash));
    if (with_slash == 0) return parse_type_and_names(words);
    if (with_slash != words.size()) throw UsageError("TYPE/NAME cannot be mixed with TYPE NAME");
    std::vector<ResourceArg> named;
    for (const std::string& word : words) {
        auto argument = parse_slash_form(word);
        if (!argument) return argument.error();
        named.push_back(std::move(*argument));
    }
    return named;
}

client::Target target_of(const ResourceArg& argument, const std::string& namespace_name) {
    return {
        .group_version = argument.group_version,
        .plural = std::string(argument.resource->plural),
        .namespace_name = argument.resource->namespaced ? namespace_name : std::string(),
        .name = argument.name};
}

Result<client::Target> target_of_object(const Json& object, const std::string& default_namespace) {
    const std::string version = string_at(object, "/apiVersion");
    const std::string kind = string_at(object, "/kind");
    const Resource* resource = find_resource_by_kind(version, kind);
    if (resource == nullptr)
        return Error{
            .reason = Reason::NotFound,
            .message =
                fmt::format("no kind \"{}\" in version \"{}\" is known here", kind, version)};
    const std::string own_namespace = string_at(object, "/metadata/namespace");
    return target_of(
        {resource, version, string_at(object, "/metadata/name")},
        own_namespace.empty() ? default_namespace : own_namespace);
}

std::string display_name(const Resource& resource, std::string_view name) {
    const std::string_view group = resource.group();
    if (group.empty()) return fmt::format("{}/{}", resource.singular, name);
    return fmt::format("{}.{}/{}", resource.singular, group, name);
}

std::string display_name_of(const Json& object) {
    const std::string name = string_at(object, "/metadata/name");
    const Resource* resource =
        find_resource_by_kind(string_at(object, "/apiVersion"), string_at(object, "/kind"));
    if (resource == nullptr) return fmt::format("{}/{}", string_at(object, "/kind"), name);
    return display_name(*resource, name);
}

}  // namespace picket::cli
