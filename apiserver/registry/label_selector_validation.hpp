#pragma once
#include "apiserver/registry/document.hpp"

namespace picket::registry {

/// The content of a LabelSelector: keys, operators, values.
void validate_label_selector(const Json& selector, const std::string& path, FieldErrors& errors);
/// Neither labels nor expressions: it would select everything.
[[nodiscard]] bool is_empty_selector(const Json& selector);

}  // namespace picket::registry
