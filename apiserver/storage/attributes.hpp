#pragma once
#include "common/api/label_selector.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace picket::storage {

/// What lists and watches select by, taken out of the object once, when it is written or loaded.
struct Attributes {
    Labels labels;
    /// Values of the selectable fields of this kind: {"spec.nodeName","n1"}, … (metadata.name and
    /// .namespace are in the key).
    std::vector<std::pair<std::string, std::string>> fields;
    [[nodiscard]] std::string_view field(std::string_view path) const;
};

}  // namespace picket::storage
