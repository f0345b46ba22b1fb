#include "common/base/random.hpp"

#include <catch2/catch.hpp>

#include <regex>
#include <set>

using namespace picket;

TEST_CASE("Random: the same seed gives the same names", "[random]") {
    Random first(42);
    Random second(42);
    Random third(43);
    const auto suffix = first.name_suffix();
    REQUIRE(suffix == second.name_suffix());
    REQUIRE(suffix != third.name_suffix());
}

TEST_CASE("Random: suffixes are of the safe alphabet and the asked length", "[random]") {
    auto random = Random::from_system();
    const std::regex safe("[bcdfghjklmnpqrstvwxz2456789]*");
    for (std::size_t length = 0; length < 40; ++length) {
        const auto suffix = random.name_suffix(length);
        REQUIRE(suffix.size() == length);
        REQUIRE(std::regex_match(suffix, safe));
    }
}

TEST_CASE("Random: UUIDs are of version 4 and differ", "[random]") {
    Random random(1);
    const std::regex version_4(
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const auto uuid = random.uuid();
        REQUIRE(std::regex_match(uuid, version_4));
        REQUIRE(seen.insert(uuid).second);
    }
}

TEST_CASE("Random: fractions stay in [0, 1)", "[random]") {
    Random random(1);
    for (int i = 0; i < 1000; ++i) {
        const auto fraction = random.fraction();
        REQUIRE(fraction >= 0.0);
        REQUIRE(fraction < 1.0);
    }
}

TEST_CASE("Random: secrets are hex of the asked size and differ", "[random]") {
    const auto secret = random_secret(16);
    REQUIRE(std::regex_match(secret, std::regex("[0-9a-f]{32}")));
    REQUIRE(secret != random_secret(16));
}
