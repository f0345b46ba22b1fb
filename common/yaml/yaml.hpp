#pragma once
/// Manifests as people write them, and objects as people read them. The reader follows YAML 1.1 as
/// kubectl does (yes/no/on/off are booleans, 0600 is octal); what it prints reads back as the same
/// value.
#include "common/base/json.hpp"
#include "common/base/result.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace picket {

struct YamlDocument {
    Json value;
    int line = 1;  ///< where its content begins in the text
};

/// Every document of `text` that is not empty; JSON is YAML. BadRequest with the line of what is
/// wrong: syntax, tabs as indentation, a key given twice, an unknown alias, more than
/// `kMaxYamlNodes` values after aliases are expanded.
[[nodiscard]] Result<std::vector<YamlDocument>> parse_yaml(std::string_view text);
inline constexpr std::size_t kMaxYamlNodes = 1'000'000;

/// Block style with sorted keys. Strings that a YAML reader would take for something else are
/// quoted.
[[nodiscard]] std::string format_yaml(const Json& value);

}  // namespace picket
