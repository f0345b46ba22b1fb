#include "common/base/log.hpp"

#include <catch2/catch.hpp>
#include <spdlog/spdlog.h>

using namespace picket;

TEST_CASE("Log: a component has one logger", "[log]") {
    REQUIRE(logger("log-test") == logger("log-test"));
}

TEST_CASE("Log: a level applies to present and future loggers", "[log]") {
    const auto before = logger("log-test-before");
    REQUIRE(set_log_level("error"));
    REQUIRE_FALSE(before->should_log(spdlog::level::warn));
    REQUIRE_FALSE(logger("log-test-after")->should_log(spdlog::level::warn));
    REQUIRE_FALSE(set_log_level("loud"));
    REQUIRE(set_log_level("info"));
    REQUIRE(before->should_log(spdlog::level::info));
}
