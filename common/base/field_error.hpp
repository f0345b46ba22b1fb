#pragma once
/// Builders for FieldError with the words that Kubernetes' field errors use, so that clients print
/// them alike.
#include "common/base/error.hpp"
#include "common/base/json.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace picket::field {

/// "Required value[: detail]"
[[nodiscard]] FieldError required(std::string path, std::string_view detail = {});
/// "Invalid value: <value>: detail"; strings are quoted, numbers and booleans plain, objects as
/// JSON.
[[nodiscard]] FieldError invalid(std::string path, const Json& value, std::string_view detail);
/// "Unsupported value: <value>: supported values: "a", "b""
[[nodiscard]] FieldError not_supported(
    std::string path, const Json& value, std::span<const std::string_view> supported);
[[nodiscard]] FieldError not_supported(
    std::string path, const Json& value, std::initializer_list<std::string_view> supported);
/// "Forbidden: detail"
[[nodiscard]] FieldError forbidden(std::string path, std::string_view detail);
/// "Duplicate value: <value>"
[[nodiscard]] FieldError duplicate(std::string path, const Json& value);
/// "Not found: <value>"
[[nodiscard]] FieldError not_found(std::string path, const Json& value);
/// "Too long: detail"
[[nodiscard]] FieldError too_long(std::string path, std::string_view detail);
/// "Too many: detail"
[[nodiscard]] FieldError too_many(std::string path, std::string_view detail);
/// "Invalid value: detail" of a value whose JSON type is wrong.
[[nodiscard]] FieldError type_invalid(std::string path, const Json& value, std::string_view detail);

/// "spec.containers" + 0 → "spec.containers[0]"; "spec" + "selector" → "spec.selector"; "" + "spec"
/// → "spec".
[[nodiscard]] std::string index(std::string_view path, std::size_t position);
[[nodiscard]] std::string child(std::string_view path, std::string_view name);
/// "metadata.labels" + "a.b/c" → "metadata.labels[a.b/c]"
[[nodiscard]] std::string key(std::string_view path, std::string_view name);

}  // namespace picket::field
