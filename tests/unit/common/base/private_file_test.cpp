#include "common/base/private_file.hpp"

#include "tests/support/result_text.hpp"
#include "tests/support/temporary_directory.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

namespace picket {
namespace {

using picket::testing::TemporaryDirectory;

unsigned mode_of(const std::filesystem::path& path) {
    struct stat status {};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    return status.st_mode & 0777U;
}

}  // namespace

TEST_CASE("Private file: written whole, for its owner only", "[private_file]") {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "secret";
    REQUIRE(write_private_file(path, "one"));
    CHECK(mode_of(path) == 0600);
    REQUIRE(update_private_file(path, "two"));
    CHECK(**read_file(path) == "two");
    CHECK_FALSE(std::filesystem::exists(directory.path() / "secret.tmp"));
}

TEST_CASE("Private file: a missing file is nothing, a bad place is an error", "[private_file]") {
    const TemporaryDirectory directory;
    CHECK_FALSE(read_file(directory.path() / "none")->has_value());
    const auto written = write_private_file(directory.path() / "no" / "where", "x");
    REQUIRE_FALSE(written);
    CHECK(written.error().message.find("no/where") != std::string::npos);
}

TEST_CASE("Private file: one that can be done without is empty", "[private_file]") {
    const TemporaryDirectory directory;
    CHECK(read_file_or_empty(directory.path() / "none").empty());
    REQUIRE(write_private_file(directory.path() / "some", "x"));
    CHECK(read_file_or_empty(directory.path() / "some") == "x");
}

TEST_CASE("Private directory: made with its parents, for its owner only", "[private_file]") {
    const TemporaryDirectory directory;
    const auto path = directory.path() / "a" / "b";
    REQUIRE(make_private_directory(path));
    CHECK(mode_of(path) == 0700);
    CHECK(make_private_directory(path));
}

TEST_CASE("Private directory: one that is there is closed to others", "[private_file]") {
    const TemporaryDirectory directory;
    std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
    REQUIRE(make_private_directory(directory.path()));
    CHECK(mode_of(directory.path()) == 0700);
}

}  // namespace picket
