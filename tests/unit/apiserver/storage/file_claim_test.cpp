#include "apiserver/storage/file_claim.hpp"

#include "tests/unit/apiserver/storage/storage_fixture.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <future>
#include <optional>

using namespace picket;
using namespace picket::storage;
using storage::testing::TemporaryFolder;

namespace {

std::string header(std::uint32_t application, std::uint32_t version) {
    std::string bytes("SQLite format 3\0", 16);
    bytes.resize(100, '\0');
    for (unsigned i = 0; i < 4; ++i) {
        bytes[60 + i] = static_cast<char>(version >> (24U - 8U * i));
        bytes[68 + i] = static_cast<char>(application >> (24U - 8U * i));
    }
    return bytes;
}

void write_file(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("file claim: judges a file by its header", "[file]") {
    struct Row {
        const char* name;
        std::string header;
        std::string says;  ///< empty: accepted
    };
    const auto row = GENERATE(
        Row{"fresh", "", ""},
        Row{"ours", header(kApplicationId, kSchemaVersion), ""},
        Row{"creation cut short", header(0, 0), ""},
        Row{"another program's version 1", header(0, 1), "another program"},
        Row{"not SQLite", std::string(200, 'x'), "damaged"},
        Row{"cut short", header(kApplicationId, kSchemaVersion).substr(0, 50), "damaged"},
        Row{"another program's", header(1, kSchemaVersion), "another program"},
        Row{"newer", header(kApplicationId, kSchemaVersion + 1), "newer picket"});
    CAPTURE(row.name);
    const auto judged = judge_header("/data/picket.db", row.header);
    REQUIRE(judged.has_value() == row.says.empty());
    if (judged) return;
    CHECK_THAT(judged.error().message, Catch::Contains(row.says));
    CHECK_THAT(judged.error().message, Catch::Contains("/data/picket.db"));
}

TEST_CASE("file claim: a new file is readable by its owner only", "[file]") {
    const TemporaryFolder folder;
    REQUIRE(FileClaim::take(folder.file()).has_value());
    using std::filesystem::perms;
    CHECK(
        std::filesystem::status(folder.file()).permissions() ==
        (perms::owner_read | perms::owner_write));
}

TEST_CASE("file claim: two cannot hold one file, one after the other can", "[file]") {
    const TemporaryFolder folder;
    {
        const auto first = FileClaim::take(folder.file());
        REQUIRE(first.has_value());
        const auto second = FileClaim::take(folder.file());
        REQUIRE(second.has_error());
        CHECK_THAT(second.error().message, Catch::Contains("another picket server has it open"));
    }
    CHECK(FileClaim::take(folder.file()).has_value());
}

TEST_CASE("file claim: a server waits for the one before it to be gone", "[file]") {
    const TemporaryFolder folder;
    auto first = std::make_optional(FileClaim::take(folder.file()));
    REQUIRE(first->has_value());
    auto second = std::async(std::launch::async, [path = folder.file()] {
        return FileClaim::take(path, std::chrono::seconds{60});
    });
    first.reset();
    CHECK(second.get().has_value());
}

TEST_CASE("file claim: a file that is refused is not touched", "[file]") {
    const TemporaryFolder folder;
    const auto bytes = header(kApplicationId, kSchemaVersion + 1) + std::string(5'000, 'z');
    write_file(folder.file(), bytes);
    REQUIRE(FileClaim::take(folder.file()).has_error());
    std::ifstream file(folder.file(), std::ios::binary);
    CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == bytes);
}
