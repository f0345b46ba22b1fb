#include "common/api/age.hpp"

#include <catch2/catch.hpp>

namespace picket {
namespace {

using namespace std::chrono_literals;

struct AgeRow {
    std::chrono::seconds span;
    std::string shown;
};

TEST_CASE("age: short spans are exact, long ones coarse", "[age]") {
    const auto row = GENERATE(values<AgeRow>({
        {-5s, "0s"},
        {0s, "0s"},
        {119s, "119s"},
        {120s, "2m"},
        {303s, "5m3s"},
        {10min, "10m"},
        {179min + 59s, "179m"},
        {3h, "3h"},
        {3h + 7min, "3h7m"},
        {8h + 30min, "8h"},
        {47h, "47h"},
        {48h, "2d"},
        {76h, "3d4h"},
        {8 * 24h + 5h, "8d"},
        {400 * 24h, "400d"},
        {2 * 365 * 24h, "2y"},
        {(3 * 365 + 12) * 24h, "3y12d"},
        {(9 * 365 + 12) * 24h, "9y"},
    }));
    CHECK(human_duration(row.span) == row.shown);
}

TEST_CASE("age: a time that is not set is unknown", "[age]") {
    const auto now = *parse_time("2026-01-02T03:04:05Z");
    CHECK(human_age("2026-01-02T03:03:05Z", now) == "60s");
    CHECK(human_age("", now) == "<unknown>");
}

}  // namespace
}  // namespace picket
