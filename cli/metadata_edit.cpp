#include "cli/metadata_edit.hpp"

#include "cli/json_path.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace picket::cli {
namespace {

bool is_edit(const std::string& word) {
    return word.find('=') != std::string::npos || (word.size() > 1 && word.ends_with('-'));
}

MetadataEdit parse_edit(const std::string& word) {
    const auto equals = word.find('=');
    if (equals == std::string::npos) return {word.substr(0, word.size() - 1), std::nullopt};
    if (equals == 0) throw UsageError(fmt::format("\"{}\" has no key", word));
    return {word.substr(0, equals), word.substr(equals + 1)};
}

std::optional<std::string> present_value(
    const Json& object, const char* field, const std::string& key) {
    const Json& metadata = at_path(object, "/metadata");
    if (!metadata.is_object() || !metadata.contains(field) || !metadata[field].contains(key))
        return std::nullopt;
    return metadata[field][key].get<std::string>();
}

}  // namespace

EditArguments parse_edit_arguments(const std::vector<std::string>& words) {
    EditArguments parsed;
    for (const std::string& word : words) {
        if (!is_edit(word)) {
            if (!parsed.edits.empty())
                throw UsageError(fmt::format("\"{}\" is neither KEY=VALUE nor KEY-", word));
            parsed.objects.push_back(word);
            continue;
        }
        MetadataEdit edit = parse_edit(word);
        const auto same_key = [&](const MetadataEdit& other) { return other.key == edit.key; };
        if (std::ranges::any_of(parsed.edits, same_key))
            throw UsageError(fmt::format("key \"{}\" is given twice", edit.key));
        parsed.edits.push_back(std::move(edit));
    }
    if (parsed.edits.empty()) throw UsageError("say what to change: KEY=VALUE sets, KEY- removes");
    return parsed;
}

Json edit_patch(std::string_view field, const std::vector<MetadataEdit>& edits) {
    Json changes = Json::object();
    for (const MetadataEdit& edit : edits)
        changes[edit.key] = edit.value ? Json(*edit.value) : Json();
    return {{"metadata", {{field, std::move(changes)}}}};
}

std::optional<std::string> overwritten_key(
    const Json& object, const char* field, const std::vector<MetadataEdit>& edits) {
    for (const MetadataEdit& edit : edits) {
        const auto present = present_value(object, field, edit.key);
        if (edit.value && present && *present != *edit.value) return edit.key;
    }
    return std::nullopt;
}

bool is_already_so(const Json& object, const char* field, const std::vector<MetadataEdit>& edits) {
    return std::ranges::all_of(
        edits, [&](const auto& e) { return present_value(object, field, e.key) == e.value; });
}

}  // namespace picket::cli
