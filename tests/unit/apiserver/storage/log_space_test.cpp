#include "apiserver/storage/log_space.hpp"

#include <catch2/catch.hpp>

using namespace picket::storage;

TEST_CASE("log space: only what lies before a place as a whole is cut", "[space]") {
    LogSpace space;
    for (Revision place = 1; place <= 100; ++place) space.append(place, 64U << 10U);
    CHECK(space.bytes() == 100 * (64U << 10U));
    // Four rows are a segment.
    CHECK(space.cut(4) == 0);
    CHECK(space.cut(5) == 5);
    CHECK(space.bytes() == 96 * (64U << 10U));
    CHECK(space.cut(5) == 0);
    CHECK(space.cut(12) == 9);
    CHECK(space.cut(1'000) == 101);
    CHECK(space.bytes() == 0);
    space.append(200, 7);
    CHECK(space.bytes() == 7);
}
