#include "apiserver/storage/attributes_codec.hpp"

#include <catch2/catch.hpp>

using namespace picket::storage;

namespace {

Attributes some_attributes() {
    return {
        {{"app", "web"}, {"example.com/empty", ""}},
        {{"spec.nodeName", "n1"}, {"status.phase", std::string(300, 'p')}}};
}

}  // namespace

TEST_CASE("attributes: what is encoded is decoded again", "[attributes]") {
    const auto original = some_attributes();
    const auto decoded = decode_attributes(encode_attributes(original, 3), 3);
    REQUIRE(decoded);
    CHECK(decoded->labels == original.labels);
    CHECK(decoded->fields == original.fields);
}

TEST_CASE("attributes: those of other rules are not decoded", "[attributes]") {
    CHECK_FALSE(decode_attributes(encode_attributes(some_attributes(), 3), 4));
}

TEST_CASE("attributes: no cut or longer encoding passes for a whole one", "[attributes]") {
    const auto encoded = encode_attributes(some_attributes(), 1);
    for (std::size_t size = 0; size < encoded.size(); ++size) {
        CAPTURE(size);
        CHECK_FALSE(decode_attributes(encoded.substr(0, size), 1));
    }
    CHECK_FALSE(decode_attributes(encoded + "x", 1));
}

TEST_CASE("attributes: an unset field reads as empty", "[attributes]") {
    CHECK(some_attributes().field("spec.nodeName") == "n1");
    CHECK(some_attributes().field("spec.other").empty());
}
