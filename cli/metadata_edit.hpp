#pragma once
#include "cli/command.hpp"
#include "common/base/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace picket::cli {

/// "env=prod" sets, "env-" removes.
struct MetadataEdit {
    std::string key;
    std::optional<std::string> value;  ///< nothing: remove
};

/// Splits "ds web env=prod old-" into what to edit and how. A word is an edit if it holds '=' or
/// ends with '-' after the objects. Throws UsageError if there is no edit, or one key twice.
struct EditArguments {
    std::vector<std::string> objects;
    std::vector<MetadataEdit> edits;
};
[[nodiscard]] EditArguments parse_edit_arguments(const std::vector<std::string>& words);

/// The merge patch {"metadata": {<field>: {key: value or null}}}.
[[nodiscard]] Json edit_patch(std::string_view field, const std::vector<MetadataEdit>& edits);
/// The first key that has another value already, if any.
[[nodiscard]] std::optional<std::string> overwritten_key(
    const Json& object, const char* field, const std::vector<MetadataEdit>& edits);
/// True if the object is already as the edits say.
[[nodiscard]] bool is_already_so(
    const Json& object, const char* field, const std::vector<MetadataEdit>& edits);

}  // namespace picket::cli
