#include "common/api/quantity.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <random>

namespace picket {
namespace {

struct Form {
    std::string written;
    std::string canonical;
    std::int64_t value;
    std::int64_t milli;
};

TEST_CASE("quantity: what is written becomes the canonical form", "[quantity]") {
    const auto row = GENERATE(values<Form>({
        {"0", "0", 0, 0},
        {"0Mi", "0", 0, 0},
        {"4", "4", 4, 4000},
        {"+4", "4", 4, 4000},
        {"-1", "-1", -1, -1000},
        {"0.5", "500m", 1, 500},
        {".5", "500m", 1, 500},
        {"5.", "5", 5, 5000},
        {"1000m", "1", 1, 1000},
        {"1500m", "1500m", 2, 1500},
        {"100u", "100u", 1, 1},
        {"1000", "1k", 1000, 1000000},
        {"1024Mi", "1Gi", 1073741824, 1073741824000},
        {"1.5Gi", "1536Mi", 1610612736, 1610612736000},
        {"512", "512", 512, 512000},
        {"0.5Ki", "512", 512, 512000},
        {"2e3", "2e3", 2000, 2000000},
        {"2E3", "2e3", 2000, 2000000},
        {"5e-1", "500e-3", 1, 500},
        {"1E", "1E", 1000000000000000000, 9223372036854775807},
        {"128974848", "128974848", 128974848, 128974848000},
        {"9223372036854775807", "9223372036854775807", 9223372036854775807, 9223372036854775807},
        {"100E", "9223372036854775807", 9223372036854775807, 9223372036854775807},
        {"0.0000000001", "1n", 1, 1},
    }));
    CAPTURE(row.written);
    const auto quantity = Quantity::parse(row.written);
    REQUIRE(quantity);
    CHECK(quantity->to_string() == row.canonical);
    CHECK(quantity->value() == row.value);
    CHECK(quantity->milli_value() == row.milli);
}

TEST_CASE("quantity: text that is none", "[quantity]") {
    const auto text = GENERATE(
        as<std::string>(),
        "",
        "-",
        ".",
        "1.2.3",
        "1 Gi",
        "1KB",
        "Gi",
        "1e",
        "1e1.5",
        "abc",
        "0x10",
        "1mi");
    CAPTURE(text);
    CHECK_FALSE(Quantity::parse(text));
}

TEST_CASE("quantity: JSON numbers are taken too", "[quantity]") {
    CHECK(Quantity::from_json(Json(2))->to_string() == "2");
    CHECK(Quantity::from_json(Json(0.5))->to_string() == "500m");
    CHECK_FALSE(Quantity::from_json(Json::array()));
}

TEST_CASE("quantity: sums and order go by amount", "[quantity]") {
    CHECK(*Quantity::parse("1") == *Quantity::parse("1000m"));
    CHECK(*Quantity::parse("1Gi") > *Quantity::parse("1G"));
    CHECK((*Quantity::parse("250m") + *Quantity::parse("0.75")).to_string() == "1");
    CHECK((Quantity() + *Quantity::parse("1Gi") + *Quantity::parse("1Gi")).to_string() == "2Gi");
    CHECK((*Quantity::parse("1") - *Quantity::parse("1500m")).to_string() == "-500m");
    CHECK(Quantity::of_bytes(1 << 20).to_string() == "1Mi");
    CHECK(Quantity::of_milli(1500).to_string() == "1500m");
}

TEST_CASE(
    "quantity: reading what was printed gives the same amount and the same text", "[quantity]") {
    std::mt19937_64 random(7);
    const std::vector<std::string> suffixes = {
        "n", "u", "m", "", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "e-2"};
    for (int i = 0; i < 5000; ++i) {
        const auto number = static_cast<std::int64_t>(random() % 2'000'000) - 1'000'000;
        const auto text = std::to_string(number) + (i % 3 == 0 ? ".25" : "") +
                          suffixes[random() % suffixes.size()];
        CAPTURE(text);
        const auto quantity = Quantity::parse(text);
        REQUIRE(quantity);
        const auto again = Quantity::parse(quantity->to_string());
        REQUIRE(again);
        CHECK(*again == *quantity);
        CHECK(again->to_string() == quantity->to_string());
    }
}

}  // namespace
}  // namespace picket
