#include "common/api/label_selector.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <nlohmann/json.hpp>

using namespace picket;
using namespace picket::fuzz;

namespace {

bool same(const LabelSelector& a, const LabelSelector& b) {
    return a.requirements().size() == b.requirements().size() && a.to_string() == b.to_string();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = text_of(data, size);
    const auto labels = LabelSelector::parse(text);
    if (labels) {
        const auto again = LabelSelector::parse(labels->to_string());
        must_hold(again && same(*labels, *again), "a selector reads back as it is shown");
        const Labels some = {{"app", "web"}, {"tier", ""}};
        must_hold(labels->matches(some) == again->matches(some), "and matches the same");
    }
    const auto fields = parse_field_selector(text);
    if (fields) must_hold(fields->size() <= size, "a requirement has a text");
    const auto document = Json::parse(text, nullptr, false);
    if (document.is_object()) (void)LabelSelector::from_json(document);
    return 0;
}
