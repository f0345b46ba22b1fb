#pragma once
/// What the rules of all kinds share to read and change documents.
#include "common/api/json_read.hpp"
#include "common/base/error.hpp"
#include "common/base/json.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace picket::registry {

using json_read::member;
/// Rules add what they find, so that all causes are reported together.
using FieldErrors = std::vector<FieldError>;

/// The value at a path of members, or a null that lives for ever.
[[nodiscard]] const Json& at(const Json& object, std::initializer_list<const char*> path);
[[nodiscard]] std::string text_at(const Json& object, std::initializer_list<const char*> path);
/// Neither absent nor null.
[[nodiscard]] bool has(const Json& object, const char* key);
/// The member as an object that can be written to; made if it is absent.
[[nodiscard]] Json& object_in(Json& parent, const char* key);
/// Makes the member what it is in `old`: also absent.
void restore(Json& object, const Json& old, const char* key);
/// Erases the member; nothing if it is absent or `object` is null.
void drop(Json& object, const char* key);

/// Calls `rule(element, "path[0]")` for every element of a list; an absent list has none.
void for_each(
    const Json& list,
    const std::string& path,
    const std::function<void(const Json&, const std::string&)>& rule);

void check_not_negative(
    const Json& object, const char* key, std::string_view path, FieldErrors& errors);
/// Invalid at `path`.`key` if the member differs between the two.
void check_unchanged(
    const Json& object,
    const Json& old,
    const char* key,
    std::string_view path,
    FieldErrors& errors);
/// One Invalid per problem with the text.
void add_problems(
    std::vector<std::string> problems,
    const std::string& path,
    const Json& value,
    FieldErrors& errors);

inline constexpr std::string_view kNotNegative = "must be greater than or equal to 0";
inline constexpr std::string_view kImmutable = "field is immutable";

}  // namespace picket::registry
