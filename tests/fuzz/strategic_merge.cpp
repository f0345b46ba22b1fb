/// Three lines: "apiVersion Kind", a document, a patch.
#include "common/schema/schema.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto [kind, rest] = split_line(text_of(data, size));
    const auto [left, right] = split_line(rest);
    const auto space = kind.find(' ');
    if (space == std::string_view::npos) return 0;
    const auto* type = schema::find_kind(kind.substr(0, space), kind.substr(space + 1));
    const auto document = Json::parse(left, nullptr, false);
    const auto patch = Json::parse(right, nullptr, false);
    if (type == nullptr || document.is_discarded() || patch.is_discarded()) return 0;
    (void)schema::json_patch(document, patch);
    const auto replaced = schema::merge_patch(document, patch);
    must_hold(schema::merge_patch(replaced, patch) == replaced, "a merge patch changes once");
    if (!document.is_object() || !patch.is_object()) return 0;
    const auto merged = schema::strategic_merge(*type, document, patch);
    if (merged) must_hold(merged->is_object(), "an object stays one");
    return 0;
}
