#include "nodeagent/blackbox/black_box.hpp"

#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>
#include <fmt/format.h>

namespace picket::nodeagent {
namespace {

ExitRecord an_exit(std::string daemon, int number) {
    ExitRecord record;
    record.daemon = std::move(daemon);
    record.container = "main";
    record.container_id = fmt::format("{}-{}", record.daemon, number);
    record.exit_code = number % 100;
    record.finished = TimePoint{} + std::chrono::hours{1000} + std::chrono::seconds{number};
    record.last_lines = "line\n";
    return record;
}

TEST_CASE("Black box: the last exits of a container are kept, newest first", "[nodeagent]") {
    picket::testing::TemporaryDirectory data;
    const auto folder = data.path() / "exits";
    BlackBox box(folder);
    REQUIRE(box.open());
    for (int i = 0; i < 25; ++i) REQUIRE(box.record(an_exit("default/web", i)));
    const auto records = BlackBox::read(folder);
    REQUIRE(records.size() == BlackBox::kKeptExits);
    CHECK(records.front().exit_code == 24);
    CHECK(records.front().last_lines == "line\n");
    CHECK(records.back().exit_code == 15);
    CHECK(box.knows("default/web-24"));
    CHECK_FALSE(box.knows("default/web-3"));

    BlackBox later(folder);
    REQUIRE(later.open());
    CHECK(later.knows("default/web-24"));
}

TEST_CASE("Black box: the number of files is bounded", "[nodeagent]") {
    picket::testing::TemporaryDirectory data;
    BlackBox box(data.path() / "exits");
    REQUIRE(box.open());
    for (int i = 0; i < static_cast<int>(BlackBox::kKeptFiles) + 5; ++i)
        REQUIRE(box.record(an_exit(fmt::format("default/d{}", i), i)));
    CHECK(BlackBox::read(data.path() / "exits").size() == BlackBox::kKeptFiles);
}

TEST_CASE("Black box: a damaged file holds no records", "[nodeagent]") {
    picket::testing::TemporaryDirectory data;
    BlackBox box(data.path());
    REQUIRE(box.open());
    REQUIRE(box.record(an_exit("default/web", 1)));
    for (const auto& entry : std::filesystem::directory_iterator(data.path()))
        std::filesystem::resize_file(entry.path(), 10);
    CHECK(BlackBox::read(data.path()).empty());
    CHECK(box.record(an_exit("default/web", 2)));
}

TEST_CASE("Black box: how an exit reads", "[nodeagent]") {
    auto record = an_exit("d/a", 1);
    CHECK(describe_exit(record) == "exit code 1");
    record.exit_code = 137;
    record.oom_killed = true;
    CHECK(describe_exit(record) == "exit code 137 (signal 9), out of memory");
}

TEST_CASE("Black box: the end of a text", "[nodeagent]") {
    CHECK(tail_of("a\nb\n", 100) == "a\nb\n");
    CHECK(tail_of("first\nsecond\n", 10) == "second\n");
    CHECK(tail_of(std::string(50, 'x'), 10) == std::string(10, 'x'));
    CHECK(tail_of("\xff\n", 10) == "\xEF\xBF\xBD\n");
}

}  // namespace
}  // namespace picket::nodeagent
