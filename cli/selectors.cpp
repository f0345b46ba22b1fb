#include "cli/selectors.hpp"

#include "common/api/label_selector.hpp"

#include <nlohmann/json.hpp>

namespace picket::cli {

std::string selector_text(const Json& selector) {
    if (!selector.is_object()) return "";
    const auto parsed = LabelSelector::from_json(selector);
    return parsed ? parsed->to_string() : "";
}

}  // namespace picket::cli
