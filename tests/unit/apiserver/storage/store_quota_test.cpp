#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

using namespace picket;
using namespace picket::storage;
using namespace picket::storage::testing;

namespace {

/// Creates until the store refuses; returns how many it took.
int fill_up(StoreFixture& fixture, const std::string& bytes) {
    for (int count = 0; count < 1'000; ++count) {
        const auto written = fixture.write(pod_key("q" + std::to_string(count)), put(bytes));
        if (written) continue;
        CHECK(written.error().reason == Reason::Forbidden);
        CHECK_THAT(written.error().message, Catch::StartsWith("exceeded quota"));
        return count;
    }
    throw std::runtime_error("the quota never held");
}

}  // namespace

TEST_CASE("store: objects are limited together, and removals make room", "[store][quota]") {
    StoreFixture fixture;
    fixture.options.live_bytes = 100'000;
    fixture.open();
    const int tiny = fill_up(fixture, "{}");
    CHECK(tiny > 50);
    CHECK(tiny <= 101);
    // What is there may be changed, but not without end.
    CHECK(fixture.write(pod_key("q0"), put(std::string(9'000, 'x'))).has_value());
    CHECK(fixture.write(pod_key("q0"), put(std::string(5'000, 'x'))).has_value());
    CHECK(fixture.write(pod_key("q1"), put(std::string(50'000, 'x'))).has_value());
    CHECK(fixture.write(pod_key("q2"), put("{\"a\":1}")).has_error());
    fixture.reopen();
    CHECK(fixture.write(pod_key("new"), put("{}")).has_error());
    CHECK(fixture.write(pod_key("q1"), removal()).has_value());
    CHECK(fixture.write(pod_key("q0"), removal()).has_value());
    CHECK(fixture.write(pod_key("new"), put("{}")).has_value());
}
