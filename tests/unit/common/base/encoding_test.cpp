#include "common/base/encoding.hpp"

#include <catch2/catch.hpp>

#include <random>

using namespace picket;

TEST_CASE("base64: the vectors of RFC 4648", "[encoding]") {
    struct Row {
        const char* bytes;
        const char* text;
    };
    const auto row = GENERATE(
        Row{"", ""},
        Row{"f", "Zg=="},
        Row{"fo", "Zm8="},
        Row{"foo", "Zm9v"},
        Row{"foob", "Zm9vYg=="},
        Row{"fooba", "Zm9vYmE="},
        Row{"foobar", "Zm9vYmFy"});
    REQUIRE(base64_encode(row.bytes) == row.text);
    REQUIRE(base64_decode(row.text) == row.bytes);
}

TEST_CASE("base64: what is not exactly base64 is refused", "[encoding]") {
    const auto* text = GENERATE(
        "Zg", "Zg=", "Zg===", "=", "====", "Z===", "Zm9v\n", " Zm9", "Zm-_", "Zg==Zg==", "Z=g=");
    CAPTURE(text);
    REQUIRE_FALSE(base64_decode(text).has_value());
}

TEST_CASE("base64: any bytes come back", "[encoding]") {
    std::mt19937 engine(1);
    for (std::size_t size = 0; size < 200; ++size) {
        std::string bytes(size, '\0');
        for (auto& byte : bytes) byte = static_cast<char>(engine());
        REQUIRE((base64_decode(base64_encode(bytes)) == bytes));
    }
}

TEST_CASE("base64url: uses the alphabet that URLs allow", "[encoding]") {
    REQUIRE(base64_encode("\xfb\xff") == "+/8=");
    REQUIRE(base64url_encode("\xfb\xff") == "-_8=");
}

TEST_CASE("Hashes: known values", "[encoding]") {
    REQUIRE(hex_encode(std::string("\x00\x0f\xff", 3)) == "000fff");
    REQUIRE(
        sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    REQUIRE(fnv1a_32("") == 0x811c9dc5U);
    REQUIRE(fnv1a_32("foobar") == 0xbf9cf968U);
}
