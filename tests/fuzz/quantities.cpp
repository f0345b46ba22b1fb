#include "common/api/quantity.hpp"
#include "tests/fuzz/fuzz.hpp"

using namespace picket;
using namespace picket::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto quantity = Quantity::parse(text_of(data, size));
    if (!quantity) return 0;
    const auto again = Quantity::parse(quantity->to_string());
    must_hold(again && *again == *quantity, "a quantity reads back as it is shown");
    must_hold(again->to_string() == quantity->to_string(), "and is shown the same");
    must_hold(
        quantity->is_zero() || quantity->is_negative() == (quantity->value() < 0),
        "rounding is away from zero");
    must_hold((*quantity - *quantity).is_zero(), "nothing is left of what is taken from itself");
    return 0;
}
