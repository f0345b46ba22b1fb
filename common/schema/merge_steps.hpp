#pragma once
/// The steps of a strategic merge. Internal to common/schema. A null type or field stands for what
/// has no schema: objects merge there, lists are replaced.
#include "common/base/json.hpp"
#include "common/base/result.hpp"
#include "common/schema/schema.hpp"

#include <string_view>

namespace picket::schema {

inline constexpr std::string_view kPatchDirective = "$patch";
inline constexpr std::string_view kRetainKeys = "$retainKeys";
inline constexpr std::string_view kSetElementOrder = "$setElementOrder/";
inline constexpr std::string_view kDeleteFromPrimitiveList = "$deleteFromPrimitiveList/";

[[nodiscard]] Error malformed_patch(std::string_view why);

/// Merges the patch into an object.
[[nodiscard]] Result<void> merge_object(const Type* type, Json& target, const Json& patch);
/// Merges the patch into the list of a field.
[[nodiscard]] Result<void> merge_list(const Field* field, Json& target, const Json& patch);
/// Orders a merged list by a $setElementOrder list. `before` is the list as it was; `patch` what
/// was merged into it, or null.
[[nodiscard]] Result<void> set_element_order(
    const Field* field, Json& target, const Json& order, const Json& before, const Json* patch);
/// Removes what a $deleteFromPrimitiveList list names.
void delete_from_list(Json& target, const Json& unwanted);

/// The value a patch gives to a field that does not exist yet: without directives and nulls. False
/// if nothing is left, as for an object with a $patch of its own.
[[nodiscard]] bool strip_directives(Json& value);

}  // namespace picket::schema
