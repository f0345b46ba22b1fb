#include "common/yaml/yaml.hpp"

#include "tests/fuzz/fuzz.hpp"

using namespace picket;
using namespace picket::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto documents = picket::parse_yaml(text_of(data, size));
    if (!documents) return 0;
    for (const auto& document : *documents) {
        const auto again = picket::parse_yaml(picket::format_yaml(document.value));
        if (document.value.is_null()) continue;  // prints as a document that is empty
        must_hold(
            again && again->size() == 1 && again->front().value == document.value,
            "what is printed reads back as the same value");
    }
    return 0;
}
