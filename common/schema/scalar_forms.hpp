#pragma once
#include "common/base/json.hpp"
#include "common/schema/schema.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace picket::schema {

/// What is wrong with `value` as a scalar of this kind: "expected integer, got string "x"". Nothing
/// if it fits.
[[nodiscard]] std::optional<std::string> scalar_fault(
    Field::Kind kind, int bits, const Json& value);

/// "expected object, got string "x""
[[nodiscard]] std::string mismatch(std::string_view expected, const Json& value);

}  // namespace picket::schema
