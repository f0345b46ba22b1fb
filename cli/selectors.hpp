#pragma once
#include "common/base/json.hpp"

#include <string>

namespace picket::cli {

/// The query form of a LabelSelector object: {"matchLabels": {"a": "b"}} → "a=b".
[[nodiscard]] std::string selector_text(const Json& selector);

}  // namespace picket::cli
