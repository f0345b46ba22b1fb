#pragma once
/// Reading fields of objects that may lack them.
#include "common/base/json.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>

namespace picket::cli {

/// The value at a JSON pointer ("/metadata/name"); null if there is none.
[[nodiscard]] const Json& at_path(const Json& object, const char* pointer);
/// The same as text: a string as it is, a number or boolean printed; empty if there is none.
[[nodiscard]] std::string string_at(const Json& object, const char* pointer);
[[nodiscard]] std::int64_t integer_at(
    const Json& object, const char* pointer, std::int64_t otherwise = 0);
/// The elements of a list; empty if there is none.
[[nodiscard]] const Json& list_at(const Json& object, const char* pointer);

}  // namespace picket::cli
