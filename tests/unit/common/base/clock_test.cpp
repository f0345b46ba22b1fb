#include "common/base/clock.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace picket;

TEST_CASE("Time: is written as Kubernetes writes it", "[clock]") {
    struct Row {
        std::int64_t micros;
        const char* time;
        const char* micro_time;
    };
    const auto row = GENERATE(
        Row{0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"},
        Row{1'767'323'045'000'006, "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000006Z"},
        Row{1'709'164'799'999'999, "2024-02-28T23:59:59Z", "2024-02-28T23:59:59.999999Z"},
        Row{-1, "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.999999Z"});
    const TimePoint time{Duration{row.micros}};
    REQUIRE(format_time(time) == row.time);
    REQUIRE(format_micro_time(time) == row.micro_time);
}

TEST_CASE("Time: any RFC 3339 time is read", "[clock]") {
    struct Row {
        const char* text;
        const char* utc;
    };
    const auto row = GENERATE(
        Row{"2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z"},
        Row{"2026-01-02t03:04:05z", "2026-01-02T03:04:05.000000Z"},
        Row{"2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.500000Z"},
        Row{"2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456Z"},
        Row{"2026-01-02T03:04:05+02:30", "2026-01-02T00:34:05.000000Z"},
        Row{"2025-12-31T23:00:00-01:30", "2026-01-01T00:30:00.000000Z"},
        Row{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"});
    CAPTURE(row.text);
    const auto time = parse_time(row.text);
    REQUIRE(time.has_value());
    REQUIRE(format_micro_time(*time) == row.utc);
}

TEST_CASE("Time: what is no time is refused", "[clock]") {
    const auto* text = GENERATE(
        "",
        "now",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02 03:04:05Z",
        "2026-1-02T03:04:05Z",
        "2026-13-02T03:04:05Z",
        "2025-02-29T03:04:05Z",
        "2026-01-02T24:04:05Z",
        "2026-01-02T03:60:05Z",
        "2026-01-02T03:04:05.Z",
        "2026-01-02T03:04:05+25:00",
        "2026-01-02T03:04:05+0230",
        "2026-01-02T03:04:05Zx",
        "2026-01-02T03:04:-5Z",
        "+026-01-02T03:04:05Z");
    CAPTURE(text);
    REQUIRE_FALSE(parse_time(text).has_value());
}

TEST_CASE("Time: what is written is read back", "[clock]") {
    std::mt19937_64 engine(1);
    std::uniform_int_distribution<std::int64_t> micros(
        0, 253'402'300'799'999'999);  // to the end of year 9999
    for (int i = 0; i < 1000; ++i) {
        const TimePoint time{Duration{micros(engine)}};
        REQUIRE((parse_time(format_micro_time(time)) == time));
        REQUIRE((parse_time(format_time(time)) == std::chrono::floor<std::chrono::seconds>(time)));
    }
}
